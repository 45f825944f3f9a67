{{%AUTOESCAPE context="HTML"}}<main id="main" class="prose wide">
<p class="kicker">The ledger</p>
<h1>Every announced paper, accounted for</h1>
<p class="state state-{{STATE}}"><span class="state-dot" aria-hidden="true"></span><span><strong>{{STATE_NAME}}</strong> {{STATE_SENTENCE}}</span></p>
<p>A paper that arXiv declares is followed until its card is served, or until it is known why it is not. A day balances when declared papers equal the served, pending, dead-lettered and excluded ones, and none is missing.</p>
{{#HAVE_DAYS}}
<div class="scroll" tabindex="0" role="region" aria-label="The ledger by day">
<table>
<thead><tr><th scope="col">Announced</th><th scope="col">Declared</th><th scope="col">Ingested</th><th scope="col">Summarized</th><th scope="col">Tagged</th><th scope="col">Served</th><th scope="col">Pending</th><th scope="col">Dead-lettered</th><th scope="col">Missing</th><th scope="col">Excluded</th><th scope="col">Balance</th></tr></thead>
<tbody>
{{#DAY}}
<tr><th scope="row"><a href="/d/{{DATE}}">{{DATE_SHORT}}</a></th><td>{{DECLARED}}</td><td>{{INGESTED}}</td><td>{{SUMMARIZED}}</td><td>{{TAGGED}}</td><td>{{SERVED}}</td><td>{{PENDING}}</td><td>{{DEAD}}</td><td>{{MISSING}}</td><td>{{EXCLUDED}}</td><td class="{{BALANCE_CLASS}}">{{BALANCE}}</td></tr>
{{/DAY}}
</tbody>
</table>
</div>
{{/HAVE_DAYS}}
{{#NO_DAYS}}
<p>No announcement has been read yet.</p>
{{/NO_DAYS}}
{{#UNSERVED_DAY}}
<h2>Not served of {{DATE_LONG}}</h2>
<ul class="unserved">
{{#UNSERVED}}
<li><a href="{{ABS_URL}}">{{ID}}</a> <span class="mark mark-{{KIND_CLASS}}">{{KIND}}</span> <span>reached <em>{{STAGE}}</em>: {{REASON}} <span class="quiet">(since {{SINCE}})</span></span></li>
{{/UNSERVED}}
</ul>
{{/UNSERVED_DAY}}
<h2>Figures</h2>
<dl class="facts">
<div><dt>Cards in the window</dt><dd>{{PAPERS_IN_WINDOW}}</dd></div>
<div><dt>Newest announcement</dt><dd>{{NEWEST}}</dd></div>
<div><dt>Clock</dt><dd>{{CLOCK}}</dd></div>
{{#CYCLE}}
<div><dt>Last look at the sources</dt><dd>{{CYCLE_TEXT}}</dd></div>
{{/CYCLE}}
{{#MODEL}}
<div><dt>{{MODEL_SERVICE}}</dt><dd>{{MODEL_NAME}}, {{MODEL_COUNT}}</dd></div>
{{/MODEL}}
</dl>
</main>
