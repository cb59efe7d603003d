// Run once in every process of a session, before the first cell, by `evaluator.rs`. It uses `std` alone, because the standard
// library is what all cells share.
{
    use std::io::{BufRead, Write};
    use std::os::fd::FromRawFd;

    let variable = std::env::var("WORKBOOK_STARTUP").expect("set by the relay");
    let (requests, reports, nonce) = {
        let mut words = variable.split(' ');
        let mut word = || words.next().expect("two descriptors and a nonce").to_owned();
        (word().parse::<i32>().expect("a descriptor"), word().parse::<i32>().expect("a descriptor"), word())
    };
    // SAFETY: the relay opened these two descriptors for this cell and nobody else uses them.
    let requests = unsafe { std::fs::File::from_raw_fd(requests) };
    let reports = std::sync::Mutex::new(unsafe { std::fs::File::from_raw_fd(reports) });
    let cells = std::thread::current().id();

    std::panic::set_hook(Box::new(move |panic| {
        let _ = std::io::stdout().flush();
        let message = panic.payload_as_str().unwrap_or("a panic whose payload is not text").to_owned();
        let (file, line, column) = match panic.location() {
            Some(place) => (place.file().to_owned(), place.line(), place.column()),
            None => (String::new(), 0, 0),
        };
        let thread = std::thread::current();
        let name = if thread.id() == cells { String::new() } else { thread.name().unwrap_or("unnamed").to_owned() };
        let header = format!("{line} {column} {} {} {}\n", file.len(), name.len(), message.len());
        if let Ok(mut reports) = reports.lock() {
            let _ = reports.write_all([header, file, name, message].concat().as_bytes());
        }
    }));

    // What a cell printed without a line end must not wait for the next one, nor appear in the next cell.
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(std::time::Duration::from_millis(100));
            let _ = std::io::stdout().flush();
        }
    });

    // The first mark comes from the cell itself and not from a thread, which may be late: from here on the relay sends what it reads.
    println!("\u{1e}{nonce}:0");

    // Every line requests a mark with this number on both streams: then all that was printed before has been read.
    std::thread::spawn(move || {
        for number in std::io::BufReader::new(requests).lines().map_while(Result::ok) {
            let mark = format!("\u{1e}{nonce}:{number}\n");
            let _ = std::io::stdout().write_all(mark.as_bytes());
            let _ = std::io::stdout().flush();
            let _ = std::io::stderr().write_all(mark.as_bytes());
        }
    });
}
