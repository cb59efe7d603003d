/*! A report as one HTML page that needs nothing else: no script, no other file, no network. */

use std::fmt::Write;

use crate::report::feedback::{self, Kind, number};
use crate::report::markup::escape;
use crate::report::{FunctionReport, Graded, Verdict, clean};

/// Writes the page.
pub fn html(graded: Graded) -> String {
    let report = match graded {
        Ok(report) => report,
        Err(error) => {
            let body = format!(
                "<h1>Not graded: {}</h1>\n<p>{}</p>\n<p>{}</p>\n",
                error.kind(),
                escape(&clean(error.message())),
                escape(&clean(error.help()))
            );
            return page("Not graded", &body);
        }
    };
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<h1>{}</h1>\n<p class=\"score\">{} of {} points</p>",
        escape(&report.assignment),
        number(report.score),
        number(report.max_score)
    );
    report.functions.iter().for_each(|one| function(one, &mut out));
    if !report.notes.is_empty() {
        let notes: String = report.notes.iter().map(|note| format!("<li>{}</li>", escape(note))).collect();
        let _ = writeln!(out, "<h2>Notes</h2>\n<ul>{notes}</ul>");
    }
    page(&report.assignment, &out)
}

fn function(function: &FunctionReport, out: &mut String) {
    let class = match function.verdict {
        Verdict::Passed => "passed",
        Verdict::NotAttempted => "open",
        _ => "failed",
    };
    let _ = writeln!(
        out,
        "<section class=\"{class}\"><h2>{} <span>{} / {}, {}</span></h2>",
        escape(&function.name),
        number(function.points),
        number(function.max_points),
        function.verdict
    );
    let lines = feedback::lines(function);
    if !lines.is_empty() && function.verdict != Verdict::Passed {
        out.push_str("<ul>\n");
        for (kind, line) in lines {
            let cause = if kind == Kind::Cause { "<b>likely cause:</b> " } else { "" };
            let _ = writeln!(out, "<li>{cause}<span class=\"pre\">{}</span></li>", escape(&line));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</section>\n");
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1e293b;--dim:#64748b;--line:#e2e8f0;--paper:#fff}\
@media(prefers-color-scheme:dark){:root{--ink:#e2e8f0;--dim:#94a3b8;--line:#334155;--paper:#0f172a}\
figure{background:#f8fafc;border-radius:6px}figure figcaption{color:#475569}}\
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;\
padding:0 1rem}\
h1{font-size:1.6rem;margin:1.5rem 0 .5rem}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}h2 span{font-weight:400;\
color:var(--dim)}.score{font-size:1.3rem}.note,figcaption{color:var(--dim);font-size:.9rem}\
figure{margin:1rem 0;padding:.5rem}figure svg{max-width:100%;height:auto}\
section{border-left:4px solid var(--line);padding:.1rem 0 .1rem 1rem;margin:1rem 0}\
section.passed{border-color:#16a34a}section.failed{border-color:#dc2626}section h2{margin:.2rem 0}\
.pre{white-space:pre-wrap;overflow-wrap:anywhere}\
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.92rem}\
th,td{text-align:left;padding:.25rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}\
td.n{text-align:right;font-variant-numeric:tabular-nums}";

/// A page around `body`, which is markup. It can load nothing and run nothing.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n{body}</body>\n</html>\n",
        escape(title)
    )
}
