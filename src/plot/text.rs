/*!
Approximate text widths, and line breaks.

No font is loaded: the viewer chooses the sans-serif font, so widths are those of a wide one (DejaVu Sans) and labels
have room to spare in any other.
*/

/// Width of `text` in pixels at a font size in pixels.
pub(super) fn width(text: &str, size: u32) -> u32 {
    let ems: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' | '[' | ']' => 0.36,
            'f' | 't' | 'r' | '-' | '/' => 0.42,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '→' | '∗' | '=' | '+' | '×' => 0.92,
            c if c.is_uppercase() => 0.72,
            _ => 0.63,
        })
        .sum();
    (ems * f64::from(size)).ceil() as u32
}

/// `text` in lines no wider than `max_width` pixels, broken between words and at every newline.
pub(super) fn wrap(text: &str, size: u32, max_width: u32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&longer, size) > max_width && !line.is_empty() {
                lines.push(line);
                line = word.to_owned();
            } else {
                line = longer;
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text = "The filter answers strongly where light meets dark, and not at all on an even surface.";
        let lines = wrap(text, 13, 200);
        assert!(lines.len() > 2, "{lines:?}");
        assert!(lines.iter().all(|line| width(line, 13) <= 200), "{lines:?}");
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn a_word_wider_than_the_line_stands_alone() {
        assert_eq!(wrap("a incomprehensibilities b", 13, 40), ["a", "incomprehensibilities", "b"]);
    }
}
