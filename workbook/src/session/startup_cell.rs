// Run once in every process of a session, before the first cell, by `evaluator.rs`. It uses `std` alone, because the standard
// library is what all cells share.
{
    use std::io::Write;
    use std::os::fd::FromRawFd;

    let descriptor = std::env::var("WORKBOOK_STARTUP").expect("set by the relay");
    let descriptor: i32 = descriptor.parse().expect("a descriptor");
    // SAFETY: the relay opened this descriptor for this cell and nobody else uses it.
    let reports = std::sync::Mutex::new(unsafe { std::fs::File::from_raw_fd(descriptor) });
    let cells = std::thread::current().id();

    // The last two panics of the cells' thread: a test catches one and makes a sentence of it. To find the names and
    // lines of the calls takes long, so it is done once, when the cell has ended.
    static CALLS: std::sync::Mutex<Vec<std::backtrace::Backtrace>> = std::sync::Mutex::new(Vec::new());

    std::panic::set_hook(Box::new(move |panic| {
        let _ = std::io::stdout().flush();
        if std::thread::current().id() == cells
            && let Ok(mut calls) = CALLS.lock()
        {
            if calls.len() == 2 {
                calls.remove(0);
            }
            calls.push(std::backtrace::Backtrace::force_capture());
        }
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

    // What follows is called by `runtime.rs`, which has a standard library of its own.
    extern "C" fn quiet(call: extern "C" fn()) {
        let (mut stdout, _stderr) = (std::io::stdout().lock(), std::io::stderr().lock());
        let _ = stdout.flush();
        call();
    }
    extern "C" fn flush() {
        let _ = std::io::stdout().flush();
    }
    // What a cell printed without a line end must not wait for the next one.
    extern "C" fn tick() {
        std::thread::spawn(|| {
            loop {
                std::thread::sleep(std::time::Duration::from_millis(100));
                flush();
            }
        });
    }
    // Gives away the calls that led to the panics since the last time, as text.
    extern "C" fn calls(take: extern "C" fn(*const u8, usize)) {
        let panics = CALLS.lock().map(|mut calls| std::mem::take(&mut *calls)).unwrap_or_default();
        for panic in panics {
            let text = panic.to_string();
            take(text.as_ptr(), text.len());
        }
    }
    tick();
    let functions = [
        quiet as extern "C" fn(extern "C" fn()) as usize,
        flush as extern "C" fn() as usize,
        tick as extern "C" fn() as usize,
        calls as extern "C" fn(extern "C" fn(*const u8, usize)) as usize,
    ];
    let functions = functions.map(|address| address.to_string()).join(" ");
    // SAFETY: the threads that this cell started do not look at the environment, and nobody else has started any.
    unsafe { std::env::set_var("WORKBOOK_FUNCTIONS", functions) };
}
