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
    tick();
    let functions = [quiet as extern "C" fn(extern "C" fn()) as usize, flush as extern "C" fn() as usize, tick as extern "C" fn() as usize];
    let functions = functions.map(|address| address.to_string()).join(" ");
    // SAFETY: the threads that this cell started do not look at the environment, and nobody else has started any.
    unsafe { std::env::set_var("WORKBOOK_FUNCTIONS", functions) };
}
