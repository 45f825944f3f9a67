{{%AUTOESCAPE context="HTML"}}<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{PAGE_TITLE}}</title>
<meta name="description" content="{{DESCRIPTION}}">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css?v={{STYLE_HASH}}">
</head>
<body>
<a class="skip" href="#main">Skip to the papers</a>
<header class="bar">
<div class="bar-in">
<a class="brand" href="/"><svg class="brand-mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d="M1 5h8M1 10h18M1 15h12" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/><circle cx="14.5" cy="5" r="2.4" class="brand-dot"/></svg>Paperwire</a>
<nav class="site-nav" aria-label="Site">
<a href="/"{{#AT_PAPERS}} aria-current="page"{{/AT_PAPERS}}>Papers</a>
<a href="/status"{{#AT_STATUS}} aria-current="page"{{/AT_STATUS}}>Status</a>
<a href="/about"{{#AT_ABOUT}} aria-current="page"{{/AT_ABOUT}}>About</a>
</nav>
</div>
</header>
{{#SAMPLE}}
<p class="banner" role="note"><strong>Sample day.</strong> These papers are invented. They come with the program and stand in until arXiv can be reached.</p>
{{/SAMPLE}}
{{#STALE}}
<p class="banner banner-warn" role="status"><strong>Not up to date.</strong> What you see is as of {{STALE_TIME}}; newer cards may be missing. <span class="banner-why">({{STALE_REASON}})</span></p>
{{/STALE}}
{{>BODY}}
<footer class="foot">
<div class="foot-in">
<p>Thank you to arXiv for use of its open access interoperability. Paperwire is not affiliated with arXiv.</p>
<p><a href="/about">How a card is made</a> <a href="/status">Every announced paper, accounted for</a> <a href="/api/v1/status">Status as JSON</a></p>
</div>
</footer>
</body>
</html>
