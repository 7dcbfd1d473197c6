"""A lesson that has every structure that a lesson can have, as it is stored."""

STRUCTURES = """\
<h2 id="sec-tides">Tides</h2>
<p>Water H<sub>2</sub>O, 10<sup>3</sup> m, <ruby>潮<rp>(</rp><rt>しお</rt><rp>)</rp></ruby>, press <kbd>Tab</kbd>, \
<abbr title="Light Vessel">LV</abbr>, <q>said</q>, <cite>Almanac</cite>, <code>x = 1</code>, <strong>bold</strong>.</p>
<pre><code class="language-python">def height(hour):
    # In metres
    return 2.5 * hour  # and no more than that, however long this line of the code may be on a small screen

print(height(3), "m")</code></pre>
<dl><dt>neap</dt><dd><p>a small tide</p></dd><dt>spring</dt><dd><p>a large one</p><ul><li><p>twice a month</p></li>\
</ul></dd></dl>
<aside class="callout callout-warning"><p><strong>Warning</strong></p><p>Mind the mud.</p><pre><code>wade()</code>\
</pre></aside>
<aside class="callout callout-tip"><p><strong>Tip</strong></p><ol><li><p>Go early.</p></li></ol></aside>
<details><summary>How many tides has a day?</summary><p>Two, as a rule.</p></details>
<ul><li class="task"><p>☑ boots</p></li><li class="task"><p>\
☐ a long rope, which is needed for the way back over the flats</p></li></ul>
<ol start="1949"><li><p>First survey</p></li><li value="1955"><p>Second survey</p></li></ol>
<ol type="a" reversed="" start="3"><li><p>c</p><ol type="i"><li><p>i in c</p></li></ol></li><li><p>b</p></li></ol>
<blockquote><p>The sea gives.</p></blockquote>
<table><caption>Heights</caption><tbody><tr><th scope="col" colspan="2">Place and height</th></tr>\
<tr><td rowspan="2">Port</td><td>2 m</td></tr><tr><td>3 m</td></tr></tbody></table>
<h3 id="sec-more">More</h3>
<p>See the note<sup class="footnote-ref"><a href="#fn-1" id="fnref-1" rel="noopener noreferrer">[1]</a></sup>.</p>
<hr>
<section class="footnotes"><ol>\
<li id="fn-1"><p>A footnote. <a href="#fnref-1" rel="noopener noreferrer">↩</a></p></li>\
</ol></section>"""
