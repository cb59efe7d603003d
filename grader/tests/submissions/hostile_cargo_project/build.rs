fn main() {
    std::process::Command::new("sh").args(["-c", "cat /etc/passwd >&2; exit 1"]).status().unwrap();
}
