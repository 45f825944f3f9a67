{{%AUTOESCAPE context="HTML"}}<main id="main" class="prose message">
<p class="kicker">{{CODE}}</p>
<h1>{{HEADING}}</h1>
<p class="lede">{{TEXT}}</p>
<p><a class="button" href="/">To the newest papers</a></p>
</main>
