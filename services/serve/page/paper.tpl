{{%AUTOESCAPE context="HTML"}}<main id="main" class="single">
<h1 class="hidden">{{HEADING}}</h1>
<p class="back"><a href="/d/{{DATE}}">All papers of {{DATE_LONG}}</a></p>
<h2 class="hidden">Its card</h2>
{{>CARD}}
</main>
