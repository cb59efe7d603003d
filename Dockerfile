# The course with everything compiled: `docker run --rm -it -p 8888:8888 -v cnn-mine:/course/notebooks/mine cnn-workbook`
# opens JupyterLab at once, on notebooks that stay in the volume cnn-mine. `docker build -t cnn-workbook .` makes it.
FROM rust:1.95-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends libhdf5-dev pkg-config python3-venv sudo \
    && rm -rf /var/lib/apt/lists/* \
    && rustup component add rust-src \
    && useradd --create-home learner \
    && install -d -o learner /course /course/notebooks/mine

USER learner
WORKDIR /course
ENV CARGO_HOME=/home/learner/.cargo
COPY --chown=learner . .
# What the first start would make: the programs, the helper crate for sessions with what the analyzer reads, JupyterLab.
RUN make && sh scripts/tools.sh && rm -rf target/debug/incremental

VOLUME /course/notebooks/mine
EXPOSE 8888
CMD ["make", "lab", "ARGS=--no-browser --ip=0.0.0.0"]
