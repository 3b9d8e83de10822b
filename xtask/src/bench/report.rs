//! Tables and result file of `cargo xtask bench`.

use super::peers::{Peer, REFERENCE};
use super::programs::{Outcome, Row};
use super::sample::Sample;
use crate::json::Json;
use crate::machine;
use crate::statistics::{geometric_mean, median};

/// Width of a peer's column.
const COLUMN: usize = 18;

/// One number of a peer for a program: what a table shows.
type Measure = fn(&Sample) -> f64;

const MEASURES: [(&str, Measure); 3] = [
    ("first iteration, processor time", |sample| sample.first),
    ("first result, by the clock from the start of the process", |sample| sample.first_result),
    ("steady state", Sample::steady_time),
];

/// Prints what is about to be measured and on what.
pub fn print_head(peers: &[Peer], missing: &[String], rounds: usize, iterations: usize) {
    println!("{}, load {}", machine::processor(), machine::load());
    println!("{rounds} rounds, each peer in a new process, 1 + {iterations} iterations\n");
    for peer in peers {
        println!("  {:14} {:24} {}", peer.name, peer.version, peer.command.join(" "));
    }
    for name in missing {
        println!("  MISSING: {name}");
    }
    println!();
}

/// The median over the rounds, or `None` if the peer failed.
fn value(outcome: &Outcome, measure: Measure) -> Option<f64> {
    let samples = outcome.as_ref().ok()?;
    Some(median(&samples.iter().map(measure).collect::<Vec<_>>()))
}

/// Prints a table for each measure.
pub fn print_tables(rows: &[Row], peers: &[Peer]) {
    let reference = peers.iter().position(|peer| peer.name == REFERENCE);
    for (title, measure) in MEASURES {
        println!("{title}: milliseconds, and time relative to {REFERENCE} (below 1 is faster)\n");
        print!("{:18}", "");
        peers.iter().for_each(|peer| print!("{:>COLUMN$}", peer.name));
        println!();
        for row in rows {
            print!("{:18}", row.program);
            let base = reference.and_then(|index| value(&row.outcomes[index], measure));
            for outcome in &row.outcomes {
                print!("{:>COLUMN$}", cell(value(outcome, measure), base));
            }
            println!();
        }
        print!("{:18}", "geometric mean");
        for index in 0..peers.len() {
            let ratios = ratios(rows, index, reference, measure);
            print!("{:>COLUMN$}", if ratios.is_empty() { "-".to_owned() } else { format!("{:.3}", geometric_mean(&ratios)) });
        }
        println!("\n");
    }
}

fn cell(time: Option<f64>, base: Option<f64>) -> String {
    match (time, base) {
        (None, _) => "FAILED".to_owned(),
        (Some(time), None) => format!("{:.2}", time * 1e3),
        (Some(time), Some(base)) => format!("{:.2} {:6.3}", time * 1e3, time / base),
    }
}

/// Ratios to the reference of all programs that both did.
fn ratios(rows: &[Row], peer: usize, reference: Option<usize>, measure: Measure) -> Vec<f64> {
    let Some(reference) = reference else {
        return Vec::new();
    };
    let pairs =
        rows.iter().filter_map(|row| Some((value(&row.outcomes[peer], measure)?, value(&row.outcomes[reference], measure)?)));
    pairs.map(|(time, base)| time / base).collect()
}

/// Lists what failed; an error if anything did, as a wrong result or a crash must not go unseen.
pub fn failures(rows: &[Row], peers: &[Peer]) -> Result<(), String> {
    let mut count = 0;
    for row in rows {
        for (peer, outcome) in peers.iter().zip(&row.outcomes) {
            if let Err(reason) = outcome {
                println!("FAILED {} by {}: {reason}", row.program, peer.name);
                count += 1;
            }
        }
    }
    if count == 0 { Ok(()) } else { Err(format!("{count} failures")) }
}

/// The result file: circumstances, summary and every sample.
pub fn to_json(rows: &[Row], peers: &[Peer], missing: &[String], command: &str) -> Json {
    let reference = peers.iter().position(|peer| peer.name == REFERENCE);
    Json::object([
        ("command", Json::text(command)),
        ("machine", machine::describe()),
        ("unit", Json::text("seconds of CPU time, of first_result and wall by the clock; bytes")),
        ("peers", Json::List(peers.iter().map(peer_json).collect())),
        ("missing", Json::List(missing.iter().map(Json::text).collect())),
        (
            "geometric_means",
            Json::Object(
                peers
                    .iter()
                    .enumerate()
                    .map(|(index, peer)| {
                        (
                            peer.name.clone(),
                            Json::object(MEASURES.map(|(title, measure)| {
                                (title, Json::Number(geometric_mean(&ratios(rows, index, reference, measure))))
                            })),
                        )
                    })
                    .collect(),
            ),
        ),
        ("programs", Json::Object(rows.iter().map(|row| (row.program.clone(), row_json(row, peers))).collect())),
    ])
}

fn peer_json(peer: &Peer) -> Json {
    Json::object([
        ("name", Json::text(peer.name.clone())),
        ("version", Json::text(peer.version.clone())),
        ("command", Json::text(peer.command.join(" "))),
    ])
}

fn row_json(row: &Row, peers: &[Peer]) -> Json {
    let members = peers.iter().zip(&row.outcomes).map(|(peer, outcome)| (peer.name.clone(), outcome_json(outcome)));
    Json::Object(members.collect())
}

fn outcome_json(outcome: &Outcome) -> Json {
    match outcome {
        Err(reason) => Json::object([("failed", Json::text(reason.clone()))]),
        Ok(samples) => {
            let mut members: Vec<(String, Json)> = MEASURES
                .iter()
                .map(|(title, measure)| (title.to_string(), value(outcome, *measure).map_or(Json::Null, Json::Number)))
                .collect();
            members.push(("samples".to_owned(), Json::List(samples.iter().map(Sample::to_json).collect())));
            Json::Object(members)
        }
    }
}
