{{%AUTOESCAPE context="HTML"}}<div class="hero{{#HERO_OTHER}} hero-small{{/HERO_OTHER}}">
<div class="hero-in">
<div class="hero-words">
<p class="kicker">Machine-made, held to the source</p>
{{#HERO_HOME}}
<h1>Machine learning, paper by paper</h1>
{{/HERO_HOME}}
{{#HERO_OTHER}}
<h1>{{HEADING}}</h1>
{{/HERO_OTHER}}
{{#LEDE}}
<p class="lede">{{LEDE_TEXT}}</p>
{{/LEDE}}
{{#TAG_NOTE}}
<p class="tag-note"><span>Not here:</span> {{EXCLUDES}}</p>
{{#PRECISION}}
<p class="tag-note">{{PRECISION_TEXT}}</p>
{{/PRECISION}}
{{/TAG_NOTE}}
</div>
<dl class="figures">
<div><dt>papers today</dt><dd>{{PAPERS_TODAY}}</dd></div>
<div><dt>between updates</dt><dd>{{UPDATE_HOURS}}h</dd></div>
<div><dt>days of history</dt><dd>{{HISTORY_DAYS}}</dd></div>
</dl>
<p class="state state-{{STATE}}"><span class="state-dot" aria-hidden="true"></span><span><strong>{{STATE_NAME}}</strong> {{STATE_SENTENCE}}</span></p>
{{#LEDGER}}
<p class="ledger"><a href="/status">{{LEDGER_LINE}}</a></p>
{{/LEDGER}}
</div>
</div>
<div class="columns">
<div class="side">
<nav class="days" aria-label="Days">
<h2 class="side-title">Days</h2>
<ul>
{{#DAY}}
<li><a href="{{DAY_URL}}"{{#DAY_CURRENT}} aria-current="page"{{/DAY_CURRENT}}><span>{{DATE_SHORT}}</span> <span class="count">{{COUNT}}</span></a></li>
{{/DAY}}
</ul>
</nav>
<nav class="tags" aria-label="Tags">
<h2 class="side-title">{{TAGS_TITLE}}</h2>
<ul>
{{#ALL_TAGS}}
<li><a href="{{ALL_URL}}"{{#ALL_CURRENT}} aria-current="true"{{/ALL_CURRENT}}><span>All tags</span> <span class="count">{{COUNT}}</span></a></li>
{{/ALL_TAGS}}
{{#TAG_LINK}}
<li><a href="{{TAG_URL}}" title="{{TAG_MEANING}}"{{#TAG_CURRENT}} aria-current="true"{{/TAG_CURRENT}}><span>{{TAG_NAME}}</span> <span class="count">{{COUNT}}</span></a></li>
{{/TAG_LINK}}
</ul>
</nav>
</div>
<main id="main" class="stream">
{{#DAY_HEAD}}
<header class="stream-head">
<h2>{{STREAM_TITLE}}</h2>
<p>{{STREAM_NOTE}}</p>
</header>
{{/DAY_HEAD}}
{{#GROUP}}
{{#GROUP_TITLE}}
<h2 class="group-title">{{GROUP_NAME}}</h2>
{{/GROUP_TITLE}}
{{>CARD}}
{{/GROUP}}
{{#NOTHING}}
<div class="nothing">
<p>{{NOTHING_TEXT}}</p>
</div>
{{/NOTHING}}
{{#PAGER}}
<nav class="pager" aria-label="Pages">
{{#PREVIOUS}}<a rel="prev" href="{{PREVIOUS_URL}}">Earlier in the list</a>{{/PREVIOUS}}
<span>{{PAGER_TEXT}}</span>
{{#NEXT}}<a rel="next" href="{{NEXT_URL}}">Further down the list</a>{{/NEXT}}
</nav>
{{/PAGER}}
</main>
</div>
