{{%AUTOESCAPE context="HTML"}}<main id="main" class="prose">
<p class="kicker">About</p>
<h1>How a card comes to be</h1>
<p class="lede">Paperwire watches arXiv, turns each new machine-learning paper into a short structured card, and keeps the cards of the last seven days.</p>
<h2>From announcement to card</h2>
<ol class="steps">
<li><strong>Ingest</strong> looks at arXiv's announcement feeds every eight hours and notes which papers were declared for the day.</li>
<li><strong>Summarize</strong> reads the abstract and fills the card: highlights, a summary, method, results and implications. The built-in summarizer only rearranges what the authors wrote; a language model can be used instead, and the card says so.</li>
<li><strong>Check.</strong> Every number on a card has to occur in its source. What does not is taken out.</li>
<li><strong>Classify</strong> gives each paper one to three tags out of a fixed list of fourteen.</li>
<li><strong>Serve</strong> shows the card here, and over gRPC.</li>
</ol>
<h2>What to trust</h2>
<p>A card is a way into a paper, not a stand-in for it. A line under each card says which program wrote it, from which version of the paper, and when. Where the abstract says nothing about a part, the card says nothing either.</p>
<h2>Nothing lost in silence</h2>
<p>Each declared paper is followed from stage to stage. The <a href="/status">ledger</a> shows how many are served and where the others are.</p>
<h2>The tags</h2>
<dl class="catalogue">
{{#TAG}}
<div><dt><a href="/t/{{SLUG}}">{{NAME}}</a></dt><dd>{{MEANING}} <span class="excludes">Not: {{EXCLUDES}}</span></dd></div>
{{/TAG}}
</dl>
<h2>Thanks</h2>
<p>Thank you to arXiv for use of its open access interoperability. Titles and abstracts are by the papers' authors; follow the links to read and cite the papers themselves.</p>
</main>
