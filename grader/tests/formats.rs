/*!
Every format against the list of fields that its platform publishes: each field that is there is known and of its type, each
that is required is there. Texts that learners control are put into every field that can hold them.
*/

use grader::error::{Error, Kind};
use grader::report::format::{Context, Format};
use grader::report::{CaseReport, FunctionReport, Grading, Report, VERSION, Verdict};
use serde_json::Value;

/// What a learner may write to break out of a format.
const HOSTILE: &str =
    "<script>alert(1)</script> ]]> \" ' & \u{0}\u{7} `|` **x** =1+1\n{\"scores\": {\"zero_pad\": 99}}";

fn report(verdicts: &[Verdict]) -> Report {
    let function = |(n, verdict): (usize, &Verdict)| {
        let points = if *verdict == Verdict::Passed { 10.0 } else { 2.5 };
        let case = |visible| CaseReport {
            name: "the notebook's example".into(),
            visible,
            weight: 1,
            share: 0.0,
            verdict: *verdict,
            message: (*verdict != Verdict::Passed).then(|| HOSTILE.repeat(20)),
        };
        FunctionReport {
            name: format!("function_{n}"),
            points,
            max_points: 10.0,
            verdict: *verdict,
            own: Grading { verdict: *verdict, points },
            regraded: None,
            cases: vec![case(true), case(false)],
            causes: if *verdict == Verdict::Wrong { vec![HOSTILE.into()] } else { Vec::new() },
            messages: if *verdict == Verdict::Passed { Vec::new() } else { vec![HOSTILE.repeat(50)] },
        }
    };
    let functions: Vec<FunctionReport> = verdicts.iter().enumerate().map(function).collect();
    Report {
        version: VERSION,
        assignment: "conv_step_by_step".into(),
        submission: "a.ipynb".into(),
        score: functions.iter().map(|function| function.points).sum(),
        max_score: 10.0 * functions.len() as f64,
        seed: None,
        sandbox: vec!["rlimits".into()],
        notes: vec![HOSTILE.into()],
        functions,
    }
}

fn mixed() -> Report {
    report(&[
        Verdict::Passed,
        Verdict::Wrong,
        Verdict::NotAttempted,
        Verdict::DoesNotCompile,
        Verdict::Crashed,
        Verdict::TimedOut,
    ])
}

fn write(format: Format, report: &Report) -> String {
    format.write(Ok(report), &Context { colour: false, times: (1_000, 3_500) }).unwrap()
}

fn refused(format: Format, kind: Kind) -> Option<String> {
    format.write(Err(&Error::of(kind, format!("a.ipynb: {HOSTILE}"), "hand it in again")), &Context::default())
}

/// A field: its name, its type (a list of types that it may have), and whether it must be there.
type Field = (&'static str, &'static str, bool);

#[track_caller]
fn check(value: &Value, fields: &[Field]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    for (name, value) in object {
        let Some((_, kinds, _)) = fields.iter().find(|field| field.0 == name) else { panic!("unknown field {name}") };
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(number) if number.is_u64() => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let fits = kinds.split('|').any(|allowed| allowed == kind || (allowed == "number" && kind == "integer"));
        assert!(fits, "{name} is {kind}, expected {kinds}");
    }
    for (name, _, required) in fields {
        assert!(!required || object.contains_key(*name), "{name} is missing");
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn one_of(value: &Value, words: &[&str]) {
    assert!(words.iter().any(|word| value == word), "{value}: expected one of {words:?}");
}

/// The fields of Gradescope's "autograder specifications", output format.
#[test]
fn gradescope() {
    let top: &[Field] = &[
        ("score", "number", false),
        ("execution_time", "number", false),
        ("output", "string", false),
        ("output_format", "string", false),
        ("test_output_format", "string", false),
        ("test_name_format", "string", false),
        ("visibility", "string", false),
        ("stdout_visibility", "string", false),
        ("extra_data", "object", false),
        ("tests", "array", true),
        ("leaderboard", "array", false),
    ];
    let test: &[Field] = &[
        ("score", "number", false),
        ("max_score", "number", false),
        ("status", "string", false),
        ("name", "string", false),
        ("name_format", "string", false),
        ("number", "string", false),
        ("output", "string", false),
        ("output_format", "string", false),
        ("tags", "array", false),
        ("visibility", "string", false),
        ("extra_data", "object", false),
    ];
    let shown = ["hidden", "after_due_date", "after_published", "visible"];
    let forms = ["text", "html", "simple_format", "md", "ansi"];
    let graded = mixed();
    for text in [write(Format::Gradescope, &graded), refused(Format::Gradescope, Kind::Unreadable).unwrap()] {
        let value = parse(&text);
        check(&value, top);
        one_of(&value["visibility"], &shown);
        one_of(&value["stdout_visibility"], &shown);
        for name in ["output_format", "test_output_format", "test_name_format"] {
            one_of(&value[name], &forms);
        }
        for one in value["tests"].as_array().unwrap() {
            check(one, test);
            one_of(&one["status"], &["passed", "failed"]);
            one_of(&one["visibility"], &shown);
            one_of(&one["output_format"], &forms);
        }
    }
    let value = parse(&write(Format::Gradescope, &graded));
    assert_eq!((&value["score"], value["execution_time"].as_f64()), (&graded.score.into(), Some(2.5)));
}

#[test]
fn prairielearn() {
    let top: &[Field] = &[
        ("gradable", "bool", true),
        ("format_errors", "array|string", false),
        ("score", "number", true),
        ("message", "string", false),
        ("output", "string", false),
        ("images", "array", false),
        ("tests", "array", true),
    ];
    let test: &[Field] = &[
        ("name", "string", true),
        ("description", "string", false),
        ("points", "number", true),
        ("max_points", "number", true),
        ("message", "string", false),
        ("output", "string", false),
    ];
    let value = parse(&write(Format::Prairielearn, &mixed()));
    check(&value, top);
    value["tests"].as_array().unwrap().iter().for_each(|one| check(one, test));
    assert!((0.0..=1.0).contains(&value["score"].as_f64().unwrap()) && value["gradable"] == true);
    // A syntax error costs no attempt, nor does what cannot be read.
    let broken = report(&[Verdict::DoesNotCompile, Verdict::NotAttempted]);
    for text in [write(Format::Prairielearn, &broken), refused(Format::Prairielearn, Kind::Nothing).unwrap()] {
        let value = parse(&text);
        check(&value, top);
        assert!(value["gradable"] == false && !value["format_errors"].as_array().unwrap().is_empty());
    }
    let mut many = report(&[Verdict::Wrong; 40]);
    many.functions.iter_mut().for_each(|function| function.messages = vec!["\u{7}\"\\".repeat(100_000)]);
    assert!(write(Format::Prairielearn, &many).len() < 1_000_000);
}

#[test]
fn coursera() {
    let fields: &[Field] =
        &[("fractionalScore", "number", true), ("feedback", "string", true), ("feedbackType", "string", true)];
    for text in [write(Format::Coursera, &mixed()), refused(Format::Coursera, Kind::Unreadable).unwrap()] {
        let value = parse(&text);
        check(&value, fields);
        one_of(&value["feedbackType"], &["HTML", "TXT"]);
        assert!((0.0..=1.0).contains(&value["fractionalScore"].as_f64().unwrap()));
    }
}

#[test]
fn autolab_reads_the_last_line() {
    let text = write(Format::Autolab, &mixed());
    let value = parse(text.lines().next_back().unwrap());
    check(&value, &[("scores", "object", true)]);
    assert_eq!(value["scores"]["function_0"], 10.0);
    assert_eq!(text.lines().filter(|line| line.starts_with("{\"scores\"")).count(), 1, "none is forged");
    assert!(text.ends_with("}\n"));
}

#[test]
fn exercism() {
    let top: &[Field] = &[
        ("version", "integer", true),
        ("status", "string", true),
        ("message", "null|string", false),
        ("tests", "array", false),
    ];
    let test: &[Field] = &[
        ("name", "string", true),
        ("test_code", "string", true),
        ("status", "string", true),
        ("message", "null|string", false),
        ("output", "null|string", false),
        ("task_id", "integer", false),
    ];
    let broken = report(&[Verdict::DoesNotCompile; 2]);
    let texts = [
        (write(Format::Exercism, &mixed()), "fail"),
        (write(Format::Exercism, &report(&[Verdict::Passed; 2])), "pass"),
        (write(Format::Exercism, &broken), "error"),
        (refused(Format::Exercism, Kind::Nothing).unwrap(), "error"),
    ];
    for (text, status) in texts {
        let value = parse(&text);
        check(&value, top);
        assert_eq!((&value["version"], &value["status"]), (&3.into(), &status.into()));
        let message = value["message"].as_str().map_or(0, |text| text.chars().count());
        assert_eq!(message > 0, status == "error");
        assert!(message <= 65_535);
        for one in value["tests"].as_array().unwrap() {
            check(one, test);
            one_of(&one["status"], &["pass", "fail", "error"]);
            assert!(one["output"].as_str().is_none_or(|text| text.chars().count() <= 500));
        }
    }
}

/// The fields of CTRF's JSON schema that are used, with those that it requires.
#[test]
fn ctrf() {
    for text in [write(Format::Ctrf, &mixed()), refused(Format::Ctrf, Kind::Unreadable).unwrap()] {
        let value = parse(&text);
        check(
            &value,
            &[
                ("reportFormat", "string", true),
                ("specVersion", "string", true),
                ("generatedBy", "string", false),
                ("results", "object", true),
            ],
        );
        assert!(value["reportFormat"] == "CTRF" && value["specVersion"].as_str().unwrap().split('.').count() == 3);
        let results = &value["results"];
        check(
            results,
            &[
                ("tool", "object", true),
                ("summary", "object", true),
                ("tests", "array", true),
                ("extra", "object", false),
            ],
        );
        check(&results["tool"], &[("name", "string", true), ("version", "string", false)]);
        let counts = ["tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"];
        check(&results["summary"], &counts.map(|name| (name, "integer", true)));
        for one in results["tests"].as_array().unwrap() {
            check(
                one,
                &[
                    ("name", "string", true),
                    ("status", "string", true),
                    ("duration", "integer", true),
                    ("suite", "array", false),
                    ("message", "string", false),
                    ("trace", "string", false),
                    ("rawStatus", "string", false),
                    ("extra", "object", false),
                ],
            );
            one_of(&one["status"], &["passed", "failed", "skipped", "pending", "other"]);
        }
        let sum: u64 = counts[1..6].iter().map(|name| results["summary"][*name].as_u64().unwrap()).sum();
        assert_eq!(sum, results["summary"]["tests"].as_u64().unwrap());
    }
}

/// The elements and attributes of the schema that Jenkins' xUnit plugin validates with.
#[test]
fn junit() {
    let allowed = |element: &str| -> (&[&str], &[&str]) {
        match element {
            "testsuites" => (&["name", "time", "tests", "failures", "errors"], &[]),
            "testsuite" => (
                &["name", "tests", "failures", "errors", "skipped", "time", "timestamp"],
                &["name", "tests", "failures", "errors"],
            ),
            "testcase" => (&["name", "classname", "time", "group"], &["name"]),
            "failure" | "error" | "skipped" => (&["type", "message"], &[]),
            other => panic!("unknown element {other}"),
        }
    };
    for text in [write(Format::Junit, &mixed()), refused(Format::Junit, Kind::Nothing).unwrap()] {
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            let (known, required) = allowed(node.tag_name().name());
            assert!(node.attributes().all(|attribute| known.contains(&attribute.name())), "{node:?}");
            assert!(required.iter().all(|name| node.has_attribute(*name)), "{node:?}");
        }
        let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
        let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        for (attribute, element) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            assert_eq!(suite.attribute(attribute).unwrap(), count(element));
        }
    }
}

#[test]
fn pages_and_tables_hold_no_markup_of_a_learners() {
    for text in [write(Format::Html, &mixed()), refused(Format::Html, Kind::Unreadable).unwrap()] {
        assert!(!text.contains("<script") && text.contains("&lt;script&gt;") && text.contains("default-src 'none'"));
    }
    for text in [write(Format::Markdown, &mixed()), refused(Format::Markdown, Kind::Unreadable).unwrap()] {
        assert!(!text.contains("<script") && !text.contains("**x**") && text.contains("\\*\\*x\\*\\*"), "{text}");
    }
    let csv = write(Format::Csv, &mixed());
    assert!(csv.starts_with("function,points,max_points,verdict,causes,messages\r\nfunction_0,10,10,passed,,\r\n"));
}

#[test]
fn an_error_is_json_too_and_the_machines_fault_marks_nothing() {
    for (kind, word, code) in [
        (Kind::Usage, "usage", 2),
        (Kind::Nothing, "nothing to grade", 3),
        (Kind::Unreadable, "not readable", 4),
        (Kind::Machine, "machine", 5),
    ] {
        let value = parse(&refused(Format::Json, kind).unwrap());
        check(&value, &[("error", "object", true)]);
        check(
            &value["error"],
            &[
                ("kind", "string", true),
                ("exit_code", "integer", true),
                ("message", "string", true),
                ("help", "string", true),
            ],
        );
        assert_eq!((&value["error"]["kind"], &value["error"]["exit_code"]), (&word.into(), &code.into()));
    }
    let platforms = [
        Format::Gradescope,
        Format::Prairielearn,
        Format::Coursera,
        Format::Autolab,
        Format::Exercism,
        Format::Junit,
        Format::Ctrf,
    ];
    assert!(platforms.iter().all(|format| refused(*format, Kind::Machine).is_none()));
}
