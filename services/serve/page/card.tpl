{{%AUTOESCAPE context="HTML"}}<article class="card{{#WITHDRAWN}} card-withdrawn{{/WITHDRAWN}}">
<h3 class="title"><a href="/p/{{ID}}">{{TITLE}}</a></h3>
<p class="authors">{{AUTHORS}}{{#MORE_AUTHORS}} <details class="fold"><summary>and {{MORE_COUNT}} more</summary><span>{{MORE_NAMES}}</span></details>{{/MORE_AUTHORS}}</p>
<p class="meta"><time datetime="{{DATE}}">{{DATE_SHORT}}</time> <a href="{{ABS_URL}}">arXiv:{{ID}}v{{VERSION}}</a> <span>{{CATEGORIES}}</span>{{#MARK}} <span class="mark mark-{{MARK_KIND}}">{{MARK_TEXT}}</span>{{/MARK}}</p>
<ul class="chips" aria-label="Tags">
{{#TAG}}
<li><a href="/t/{{SLUG}}">{{NAME}}</a></li>
{{/TAG}}
</ul>
{{#HIGHLIGHTS}}
<ul class="highlights">
{{#HIGHLIGHT}}
<li>{{TEXT}}</li>
{{/HIGHLIGHT}}
</ul>
{{/HIGHLIGHTS}}
<details class="more"{{#OPEN}} open{{/OPEN}}>
<summary><span class="more-closed">Read more</span><span class="more-opened">Show less</span><span class="hidden"> about {{TITLE}}</span></summary>
<div class="parts">
{{#PART}}
<section class="part{{#LEAD}} part-lead{{/LEAD}}">
<h4>{{PART_NAME}}</h4>
{{#PART_TEXT}}<p>{{TEXT}}</p>{{/PART_TEXT}}{{#PART_EMPTY}}<p class="unstated">Not stated in the abstract.</p>{{/PART_EMPTY}}
</section>
{{/PART}}
{{#ABSTRACT}}
<section class="part part-lead">
<h4>The abstract, as arXiv has it</h4>
<p>{{ABSTRACT_TEXT}}</p>
</section>
{{/ABSTRACT}}
</div>
<p class="provenance">{{PROVENANCE}}</p>
</details>
<p class="links"><a href="{{ABS_URL}}">Abstract</a> <a href="{{PDF_URL}}">PDF</a>{{#HTML}} <a href="{{HTML_URL}}">HTML</a>{{/HTML}}{{#CODE}} <a href="{{CODE_URL}}" rel="nofollow">Code</a>{{/CODE}}</p>
</article>
