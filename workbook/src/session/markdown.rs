/*!
Markdown from the HTML in which evcxr gives a description, for clients that show Markdown and no HTML.

It knows the tags that CommonMark is rendered to; of any other the text is kept.
*/

/// The description as Markdown.
pub fn from_html(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let Some(length) = rest[open..].find('>') else { break };
        writer.text(&rest[..open]);
        writer.tag(&rest[open + 1..open + length]);
        rest = &rest[open + length + 1..];
    }
    writer.text(rest);
    writer.markdown.trim().to_owned() + "\n"
}

#[derive(Default)]
struct Writer {
    markdown: String,
    /// Within `<pre>`, where line ends and blanks stay as they are.
    is_preformatted: bool,
    /// The addresses of the links that are open.
    links: Vec<String>,
    /// The lists that are open: none for bullets, else the number of the next item.
    lists: Vec<Option<u64>>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        let is_between_tags = text.trim().is_empty() && self.markdown.ends_with(char::is_whitespace);
        if self.is_preformatted || !is_between_tags {
            self.markdown += &unescape(text);
        }
    }

    fn tag(&mut self, tag: &str) {
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag.trim_end_matches('/'), ""));
        match name {
            "p" | "ul" | "/ul" | "ol" | "/ol" | "/pre" | "/blockquote" => {}
            "/p" | "blockquote" => self.block(),
            "pre" => {
                self.block();
                self.is_preformatted = true;
            }
            "code" if self.is_preformatted => {
                let language = attribute(attributes, "class").unwrap_or_default();
                self.markdown += &format!("```{}\n", language.trim_start_matches("language-"));
            }
            "/code" if self.is_preformatted => {
                self.is_preformatted = false;
                let end = if self.markdown.ends_with('\n') { "" } else { "\n" };
                self.markdown += &format!("{end}```");
                self.block();
            }
            "code" | "/code" => self.markdown.push('`'),
            "em" | "/em" => self.markdown.push('*'),
            "strong" | "/strong" => self.markdown += "**",
            "br" => self.markdown += "  \n",
            "hr" => {
                self.block();
                self.markdown += "---";
                self.block();
            }
            "a" => {
                self.markdown.push('[');
                self.links.push(attribute(attributes, "href").unwrap_or_default());
            }
            "/a" => {
                let address = self.links.pop().unwrap_or_default();
                self.markdown += &format!("]({address})");
            }
            "li" => {
                self.line();
                let indent = "    ".repeat(self.lists.len().saturating_sub(1));
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}.", *number - 1)
                    }
                    _ => "-".to_owned(),
                };
                self.markdown += &format!("{indent}{mark} ");
            }
            "/li" => self.line(),
            _ => match (name.strip_prefix('h'), name.strip_prefix("/h")) {
                (Some(level), _) if level.parse().is_ok_and(|level| (1..7).contains(&level)) => {
                    self.block();
                    self.markdown += &format!("{} ", "#".repeat(level.parse().unwrap_or(1)));
                }
                (_, Some(_)) => self.block(),
                _ => {}
            },
        }
        match name {
            "ul" => self.lists.push(None),
            "ol" => self.lists.push(Some(attribute(attributes, "start").and_then(|n| n.parse().ok()).unwrap_or(1))),
            "/ul" | "/ol" => {
                self.lists.pop();
                self.block();
            }
            "blockquote" => self.markdown += "> ",
            "/blockquote" => self.block(),
            _ => {}
        }
    }

    /// Begins a line, unless one has begun.
    fn line(&mut self) {
        while self.markdown.ends_with([' ', '\n']) {
            self.markdown.pop();
        }
        if !self.markdown.is_empty() {
            self.markdown.push('\n');
        }
    }

    /// Ends a paragraph.
    fn block(&mut self) {
        if !self.lists.is_empty() {
            return self.line(); // items stay close to each other
        }
        self.line();
        if !self.markdown.is_empty() {
            self.markdown.push('\n');
        }
    }
}

/// The value of an attribute of a tag.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let (_, rest) = attributes.split_once(&format!("{name}=\""))?;
    Some(unescape(rest.split_once('"')?.0))
}

fn unescape(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What evcxr gives for a function with documentation, and each tag that CommonMark is rendered to.
    #[test]
    fn html_reads_as_the_markdown_that_it_was_made_of() {
        for (html, markdown) in [
            (
                "<pre><code class=\"language-rust\">fn twice(x: &amp;Vec&lt;f64&gt;) -&gt; f64\n</code></pre>\n<hr />\n<p>Twice \
                 a <em>number</em>, see <a href=\"https://doc.rust-lang.org\"><code>f64</code></a>.</p>\n",
                "```rust\nfn twice(x: &Vec<f64>) -> f64\n```\n\n---\n\nTwice a *number*, see \
                 [`f64`](https://doc.rust-lang.org).\n",
            ),
            ("<h1>Panics</h1>\n<p>If <strong>n</strong> is 0.</p>\n", "# Panics\n\nIf **n** is 0.\n"),
            ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>c</p>", "- a\n- b\n\nc\n"),
            ("<ol start=\"3\">\n<li>a</li>\n<li><p>b</p></li>\n</ol>", "3. a\n4. b\n"),
            ("<pre><code>  two  blanks\n\n  stay</code></pre>", "```\n  two  blanks\n\n  stay\n```\n"),
            ("<blockquote>\n<p>said</p>\n</blockquote>\n<p>then</p>", "> said\n\nthen\n"),
            ("a &lt;<br />b &amp;amp; <unknown>c", "a <  \nb &amp; c\n"),
            ("a < b", "a < b\n"),
        ] {
            assert_eq!(from_html(html), markdown, "{html}");
        }
    }
}
