import FoundationEssentials

/// A drill's report as one HTML file that needs no network, no script and no other file.
struct HTMLReport {
  let result: DrillResult

  init(_ result: DrillResult) { self.result = result }

  var text: String {
    """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(result.drill)): \(result.passed ? "passed" : "failed")</title>
    <style>
    \(String(decoding: PackageResources.report_css, as: UTF8.self))</style>
    <body>
    <div class="verdict\(result.passed ? "" : " bad")">\(result.passed ? "passed" : "failed")</div>
    <h1>\(escaped(result.title))</h1>
    <p>\(escaped(result.proves))</p>
    <p class="soft">Drill \(escaped(result.drill)) on cluster \(escaped(result.cluster))\(result.lab == nil ? "" : " (a lab)"), \
    \(day(result.began)) \(clock(result.fault)) UTC. \(result.active) was active, \(result.passive) passive.</p>
    \(trouble)
    <ul class="figures">\(figures)</ul>
    <h2>Time line</h2>
    <div class="scroll">\(TimelineSVG(result).text)</div>
    \(lacks)
    \(phases)
    <h2>What had to come</h2>
    \(table(result.expectations))
    <h2>What must always hold</h2>
    <p class="soft">Seen by watchers on the nodes and by clients, not by asking Pacemaker.</p>
    \(table(result.invariants))
    <h2>What happened</h2>
    <table>\(moments)</table>
    <h2>What ran</h2>
    <table>\(versions)</table>
    <details><summary>\(result.evidence.count) lines of the nodes' own logs</summary>
    <pre>\(escaped(result.evidence.joined(separator: "\n")))</pre>
    </details>
    </body>
    </html>

    """
  }

  private var trouble: String { result.trouble.map { "<p class=\"no\">It did not come to its end: \(escaped($0))</p>" } ?? "" }

  private var figures: String {
    var all: [(String, String)] = [
      (result.rto.map { $0 == 0 ? "none" : spoken($0) } ?? "not over", "outage that clients felt (RTO)")
    ]
    if let records = result.records {
      all.append(("\(records.lost) of \(records.acknowledged)", "acknowledged writes lost, fsynced before (RPO)"))
      if records.unanswered > 0 {
        all.append(("\(records.unanswered)", "writes never acknowledged, of which \(records.unansweredKept) are there"))
      }
    } else {
      all.append(("not measured", "acknowledged writes lost: this PMM has no place for records"))
    }
    if let samples = result.samples {
      let seconds =
        samples.missing == 0 ? "" : ", \(tenths(samples.missingSeconds)) s of them: PMM acknowledges them before they are on disk"
      all.append(("\(samples.missing) of \(samples.scraped)", "metrics samples missing in the end\(seconds)"))
      if samples.buffered > 0 {
        all.append(("\(samples.buffered)", "metrics samples kept by the client during the outage, and sent afterwards"))
      }
    } else {
      all.append(("not measured", "metrics samples: no client sent any, as outside of a lab"))
    }
    all.append(("\(result.questions)", "questions by clients, one every \(result.every) ms"))
    return all.map { "<li><b>\(escaped($0.0))</b><span>\(escaped($0.1))</span></li>" }.joined()
  }

  /// What clients came through to, when.
  private var lacks: String {
    let rows = result.outages.flatMap(\.missing).map { lack in
      let lasted = lack.lasted.map(spoken) ?? "not over"
      return
        "<tr><td class=\"number\">\(signed(lack.from / 1000 - result.fault))</td><td class=\"number\">\(lasted)</td><td><i class=\"no-\(lack.stage.rawValue)\"></i>\(escaped(lack.stage.lack))</td><td class=\"soft\">\(escaped(lack.why))</td></tr>"
    }
    let times = result.stages.map { "\($0.stage.rawValue) \(fine($0.median)) (99 of 100 within \(fine($0.most)))" }
    if rows.isEmpty && times.isEmpty { return "" }
    let usual = times.isEmpty ? "" : " Those that were answered took, in the middle: \(times.joined(separator: ", "))."
    return """
      <h2>What clients missed</h2>
      <p class="soft">Each question is a TCP connection, a TLS handshake, and PMM's own word that it is ready.\(usual)</p>
      <table>\(rows.joined())</table>
      """
  }

  private var phases: String {
    guard !result.phases.isEmpty else { return "" }
    let rows = result.phases.map { "<tr><td class=\"number\">\(spoken($0.seconds * 1000))</td><td>\(escaped($0.name))</td></tr>" }.joined()
    return
      "<h2>Where the time went</h2>\n<p class=\"soft\">From the fault to the first answer, by Corosync's and Pacemaker's own logs.</p>\n<table>\(rows)</table>"
  }

  private func table(_ checks: [Check]) -> String {
    let rows = checks.map {
      "<tr><td class=\"\($0.holds ? "yes" : "no")\">\(escaped($0.what))</td><td class=\"soft\">\(escaped($0.seen))</td></tr>"
    }
    return "<table>\(rows.joined())</table>"
  }

  private var moments: String {
    result.moments.map {
      "<tr><td class=\"number\">\(signed($0.at - result.fault))</td><td class=\"soft\">\($0.source.rawValue)</td><td>\(escaped($0.what))</td></tr>"
    }.joined()
  }

  private var versions: String {
    let rows = result.versions.sorted { $0.key < $1.key } + [("spec (SHA-256)", result.specHash)]
    return rows.map { "<tr><td class=\"soft\">\(escaped($0.0))</td><td>\(escaped($0.1))</td></tr>" }.joined()
  }

  private func fine(_ milliseconds: Double) -> String { "\((milliseconds * 10).rounded() / 10) ms" }

  private func spoken(_ milliseconds: Double) -> String {
    let value = Int(milliseconds.rounded())
    if value < 1000 { return "\(value) ms" }
    let hundredths = value / 10 % 100
    return "\(value / 1000).\(hundredths < 10 ? "0" : "")\(hundredths) s"
  }
}

/// Seconds with two digits and a sign: `+1.27 s`.
func signed(_ seconds: Double) -> String {
  let value = Int((seconds * 100).rounded())
  let rest = abs(value) % 100
  return "\(value < 0 ? "−" : "+")\(abs(value) / 100).\(rest < 10 ? "0" : "")\(rest) s"
}

/// The day of a time since 1970, UTC.
private func day(_ time: Double) -> String { String(Date(timeIntervalSince1970: time).formatted(.iso8601).prefix(10)) }
