/*!
A program that attacks the sandbox in the way that its first argument names; compiled by the tests beside it.

It is not part of any package. Every attack that succeeds prints `BREACH` and what it got.
*/

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::process::{Command, exit};
use std::time::Duration;

unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
    fn fork() -> i32;
    fn setsid() -> i32;
    fn kill(pid: i32, signal: i32) -> i32;
    fn getppid() -> i32;
    fn dup(fd: i32) -> i32;
    fn _exit(code: i32) -> !;
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "echo" => {
            let (mut input, mut output) = channels();
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes).unwrap();
            println!("got {} bytes", bytes.len());
            bytes.reverse();
            output.write_all(&bytes).unwrap();
        }
        "environment" => {
            println!("{:?}", std::env::vars().collect::<Vec<_>>());
            println!("{:?}", std::env::current_dir().unwrap());
            println!("{} threads", std::thread::available_parallelism().unwrap());
        }
        "threads" => {
            let sum: u64 = (0..8).map(|i| std::thread::spawn(move || i * i)).map(|t| t.join().unwrap()).sum();
            println!("{sum}");
        }
        "work" => {
            fs::create_dir("d").unwrap();
            fs::write("d/f", "kept").unwrap();
            println!("{:?}", fs::read_dir(".").unwrap().map(|e| e.unwrap().file_name()).collect::<Vec<_>>());
        }
        "panic" => panic!("a panic's own words"),
        "exit" => exit(args[2].parse().unwrap()),
        "abort" => std::process::abort(),
        "loop" => loop {
            std::hint::black_box(0);
        },
        "sleep" => std::thread::sleep(Duration::from_secs(1000)),
        "ignore" => {
            // Holds every signal that can be held, and its output open.
            for signal in 1..32 {
                let action = [1usize, 0, 0, 0];
                unsafe { syscall(13, signal, &action, 0usize, 8) };
            }
            loop {
                std::hint::black_box(0);
            }
        }
        "tick" => loop {
            fs::write("alive", format!("{:?}", std::time::SystemTime::now())).unwrap();
            std::thread::sleep(Duration::from_millis(5));
        },
        "cpu" => {
            let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| loop { std::hint::black_box(0); })).collect();
            for t in threads {
                t.join().unwrap();
            }
        }
        "stack" => println!("{}", deep(1)),
        "memory" => {
            let v = vec![1u8; 3 << 30];
            println!("BREACH {}", v[v.len() / 2]);
        }
        "memory-slowly" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1u8; 1 << 20]);
            }
        }
        "memory-mapped" => loop {
            // Pages that are shared with nobody, straight from the kernel.
            let at = unsafe { syscall(9, 0usize, 64usize << 20, 3, 0x22, -1, 0usize) };
            if at < 0 {
                println!("refused");
                exit(7);
            }
            unsafe { std::slice::from_raw_parts_mut(at as *mut u8, 64 << 20).fill(1) };
        },
        "disk" => {
            for i in 0.. {
                let wrote = File::create(format!("f{i}")).and_then(|mut f| f.write_all(&vec![1; 1 << 20]));
                if let Err(e) = wrote {
                    println!("after {i}: {e}");
                    exit(7);
                }
            }
        }
        "sparse" => {
            let refused = File::create("sparse").unwrap().set_len(1 << 40);
            println!("{refused:?}");
        }
        "descriptors" => {
            let mut n = 0;
            while unsafe { dup(1) } >= 0 {
                n += 1;
            }
            println!("{n} descriptors");
        }
        "flood-output" => {
            let (_, mut output) = channels();
            loop {
                if output.write_all(&[65; 65536]).is_err() {
                    exit(0);
                }
            }
        }
        "flood-log" => loop {
            println!("{}", "x".repeat(65536));
        },
        "every-descriptor" => {
            for fd in 0..1024 {
                let mut f = std::mem::ManuallyDrop::new(unsafe { File::from_raw_fd(fd) });
                let _ = f.write_all(b"{\"verdict\":\"passed\"}\n{\"Ended\":{\"code\":0,\"signal\":null}}\n");
            }
            exit(3);
        }
        "close-all" => {
            for fd in 0..1024 {
                unsafe { syscall(3, fd) };
            }
            std::thread::sleep(Duration::from_secs(1000));
        }
        "fork" => {
            let pid = unsafe { fork() };
            if pid == 0 {
                println!("BREACH a child");
                unsafe { _exit(0) };
            }
            println!("fork: {pid}");
        }
        "fork-bomb" => loop {
            unsafe { fork() };
        },
        "vfork" => println!("vfork: {}", unsafe { syscall(58) }),
        "command" => println!("{:?}", Command::new("/bin/sh").arg("-c").arg("echo BREACH").status().map_err(|e| e.kind())),
        "thread-bomb" => loop {
            std::thread::spawn(|| std::thread::sleep(Duration::from_secs(1000)));
        },
        "thread-bomb-quiet" => loop {
            let _ = std::thread::Builder::new().spawn(|| std::thread::sleep(Duration::from_secs(1000)));
        },
        // With processes allowed, as for the compiler: a grandchild in its own session outlives its parents.
        "escape" => {
            if unsafe { fork() } == 0 {
                unsafe { setsid() };
                if unsafe { fork() } == 0 {
                    loop {
                        let _ = fs::write("alive", format!("{:?}", std::time::SystemTime::now()));
                        std::thread::sleep(Duration::from_millis(5));
                    }
                }
                unsafe { _exit(0) };
            }
            while !fs::exists("alive").unwrap() {
                std::thread::sleep(Duration::from_millis(5));
            }
            println!("left");
        }
        "escape-and-loop" => {
            for _ in 0..5 {
                if unsafe { fork() } == 0 {
                    unsafe { setsid() };
                    unsafe { fork() };
                    loop {
                        std::hint::black_box(0);
                    }
                }
            }
            std::thread::sleep(Duration::from_secs(1000));
        }
        "family-memory" => {
            for _ in 0..8 {
                if unsafe { fork() } == 0 {
                    let v = vec![1u8; 100 << 20];
                    std::thread::sleep(Duration::from_secs(1000));
                    println!("{}", v[5]);
                }
            }
            std::thread::sleep(Duration::from_secs(1000));
        }
        "read" => match fs::read(&args[2]) {
            Ok(bytes) => println!("BREACH {} bytes of {}", bytes.len(), args[2]),
            Err(e) => println!("refused: {:?}", e.kind()),
        },
        "list" => match fs::read_dir(&args[2]) {
            Ok(entries) => println!("BREACH {:?}", entries.flatten().map(|e| e.file_name()).collect::<Vec<_>>()),
            Err(e) => println!("refused: {:?}", e.kind()),
        },
        "write" => match fs::write(&args[2], "x") {
            Ok(()) => println!("BREACH wrote {}", args[2]),
            Err(e) => println!("refused: {:?}", e.kind()),
        },
        "symlink" => {
            let _ = std::os::unix::fs::symlink(&args[2], "link");
            match (fs::read("link"), fs::write("link", "x")) {
                (Err(a), Err(b)) => println!("refused: {:?} {:?}", a.kind(), b.kind()),
                other => println!("BREACH {other:?}"),
            }
        }
        "self-memory" => {
            let secret = 41u64;
            let wrote = File::options().write(true).open("/proc/self/mem");
            println!("{} {secret}", if wrote.is_ok() { "BREACH opened" } else { "refused" });
        }
        "socket" => {
            for (family, kind) in [(1, 1), (2, 1), (2, 2), (10, 1), (16, 3), (17, 3), (40, 1)] {
                if unsafe { syscall(41, family, kind, 0) } >= 0 {
                    println!("BREACH a socket of family {family}");
                }
            }
            println!("{:?}", std::net::TcpStream::connect("127.0.0.1:22").map_err(|e| e.raw_os_error()));
        }
        "kill-parent" => println!("{}", unsafe { kill(getppid(), 9) }),
        "kill-all" => println!("{}", unsafe { kill(-1, 9) }),
        "kill-self" => println!("{}", unsafe { kill(std::process::id() as i32, 9) }),
        // A system call by number, with arguments that would do harm if it were there.
        "call" => {
            let n: i64 = args[2].parse().unwrap();
            let a = |i: usize| args.get(i).map_or(0, |s| s.parse::<i64>().unwrap());
            let result = unsafe { syscall(n, a(3), a(4), a(5), a(6), a(7), a(8)) };
            println!("{}", if result >= 0 { format!("BREACH {result}") } else { "refused".into() });
        }
        #[cfg(target_arch = "x86_64")]
        "call-32" => {
            // getpid of the 32-bit table is number 20.
            let mut result: i64 = 20;
            unsafe { std::arch::asm!("int 0x80", inout("rax") result) };
            println!("BREACH {result}");
        }
        "shared-memory" => {
            let path = "/dev/shm/left-by-a-submission";
            println!("{}", if fs::exists(path).unwrap_or(false) { "BREACH found" } else { "nothing there" });
            println!("{}", if fs::write(path, "x").is_ok() { "BREACH left" } else { "refused" });
        }
        "processes" => {
            for path in ["/proc", "/proc/1", "/proc/self"] {
                if fs::read_dir(path).is_ok() {
                    println!("BREACH {path}");
                }
            }
            println!("{} of {}", std::process::id(), unsafe { getppid() });
        }
        "raise" => {
            for resource in 0..16 {
                let huge = [u64::MAX, u64::MAX];
                if unsafe { syscall(302, 0, resource, &huge, 0usize) } == 0 {
                    let mut now = [0u64; 2];
                    unsafe { syscall(302, 0, resource, 0usize, &mut now) };
                    println!("raised {resource} to {now:?}");
                }
            }
        }
        other => panic!("no attack is called {other}"),
    }
}

fn channels() -> (File, File) {
    // Descriptors 3 and 4 are this process's own.
    unsafe { (File::from_raw_fd(3), File::from_raw_fd(4)) }
}

#[inline(never)]
#[expect(unconditional_recursion)]
fn deep(n: u64) -> u64 {
    let page = std::hint::black_box([n; 512]);
    deep(n + 1) + page[(n % 512) as usize]
}
