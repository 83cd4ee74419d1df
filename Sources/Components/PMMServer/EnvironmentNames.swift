// PMM's environment variables as tables: what each major version knows, by percona/pmm's managed/utils/envvars/parser.go,
// and what Percona's migration guide from PMM 2 to PMM 3 says of their names.

/// What PMM takes as a variable's value. Another one ends the container at its start.
enum EnvironmentKind: Sendable {
  /// Anything.
  case text
  /// A boolean of Go's strconv.ParseBool, in any case.
  case flag
  /// A duration of Go's time.ParseDuration, which has no days: a whole number of `unit`s (seconds), at least one.
  case duration(unit: Int)
}

/// A variable that PMM 3 calls otherwise than PMM 2.
struct RenamedVariable: Sendable {
  /// PMM 2's name.
  let old: String
  /// PMM 3's.
  let new: String
  /// What was a `DISABLE_…` is an `ENABLE_…`: the value turns round.
  var isInverted: Bool { old.hasPrefix("DISABLE_") && new.hasPrefix("PMM_ENABLE_") }

  init(_ old: String, _ new: String) {
    self.old = old
    self.new = new
  }

  static let all: [RenamedVariable] = [
    .init("DATA_RETENTION", "PMM_DATA_RETENTION"),
    .init("METRICS_RESOLUTION", "PMM_METRICS_RESOLUTION"),
    .init("METRICS_RESOLUTION_HR", "PMM_METRICS_RESOLUTION_HR"),
    .init("METRICS_RESOLUTION_MR", "PMM_METRICS_RESOLUTION_MR"),
    .init("METRICS_RESOLUTION_LR", "PMM_METRICS_RESOLUTION_LR"),
    .init("DISABLE_UPDATES", "PMM_ENABLE_UPDATES"),
    .init("DISABLE_TELEMETRY", "PMM_ENABLE_TELEMETRY"),
    .init("DISABLE_ALERTING", "PMM_ENABLE_ALERTING"),
    .init("ENABLE_ALERTING", "PMM_ENABLE_ALERTING"),
    .init("DISABLE_BACKUP_MANAGEMENT", "PMM_ENABLE_BACKUP_MANAGEMENT"),
    .init("ENABLE_BACKUP_MANAGEMENT", "PMM_ENABLE_BACKUP_MANAGEMENT"),
    .init("ENABLE_AZUREDISCOVER", "PMM_ENABLE_AZURE_DISCOVER"),
    .init("ENABLE_RBAC", "PMM_ENABLE_ACCESS_CONTROL"),
    .init("ENABLE_VM_CACHE", "PMM_ENABLE_VM_CACHE"),
    .init("PERCONA_TEST_PMM_CLICKHOUSE_ADDR", "PMM_CLICKHOUSE_ADDR"),
    .init("PERCONA_TEST_PMM_CLICKHOUSE_DATABASE", "PMM_CLICKHOUSE_DATABASE"),
    .init("PERCONA_TEST_PMM_CLICKHOUSE_DATASOURCE", "PMM_CLICKHOUSE_DATASOURCE"),
    .init("PERCONA_TEST_PMM_CLICKHOUSE_HOST", "PMM_CLICKHOUSE_HOST"),
    .init("PERCONA_TEST_PMM_CLICKHOUSE_PORT", "PMM_CLICKHOUSE_PORT"),
    .init("PERCONA_TEST_PMM_DISABLE_BUILTIN_CLICKHOUSE", "PMM_DISABLE_BUILTIN_CLICKHOUSE"),
    .init("PERCONA_TEST_POSTGRES_ADDR", "PMM_POSTGRES_ADDR"),
    .init("PERCONA_TEST_POSTGRES_DBNAME", "PMM_POSTGRES_DBNAME"),
    .init("PERCONA_TEST_POSTGRES_USERNAME", "PMM_POSTGRES_USERNAME"),
    .init("PERCONA_TEST_POSTGRES_DBPASSWORD", "PMM_POSTGRES_DBPASSWORD"),
    .init("PERCONA_TEST_POSTGRES_SSL_MODE", "PMM_POSTGRES_SSL_MODE"),
    .init("PERCONA_TEST_POSTGRES_SSL_CA_PATH", "PMM_POSTGRES_SSL_CA_PATH"),
    .init("PERCONA_TEST_POSTGRES_SSL_CERT_PATH", "PMM_POSTGRES_SSL_CERT_PATH"),
    .init("PERCONA_TEST_POSTGRES_SSL_KEY_PATH", "PMM_POSTGRES_SSL_KEY_PATH"),
    .init("PERCONA_TEST_PMM_DISABLE_BUILTIN_POSTGRES", "PMM_DISABLE_BUILTIN_POSTGRES"),
    .init("PERCONA_TEST_VERSION_SERVICE_URL", "PMM_DEV_VERSION_SERVICE_URL"),
  ]
}

extension PMMSpec.Major {
  /// The variables that this version knows by name.
  var variables: [String: EnvironmentKind] { self == .two ? Self.ofTwo : Self.ofThree }

  /// Those that it passes on to its parts by how their names begin.
  var prefixes: [String] {
    let shared = ["GF_", "VM_", "VMAGENT_", "SUPERVISOR_", "KUBERNETES_", "MONITORING_"]
    return shared + (self == .two ? ["PERCONA_TEST_"] : ["PMM_DEV_", "PMM_TEST_", "PMM_CLICKHOUSE_", "PMM_POSTGRES_", "PMM_HA_"])
  }

  /// What it once knew, and what became of it.
  var gone: [String: String] {
    guard self == .three else { return [:] }
    return [
      "LESS_LOG_NOISE": "PMM 3 has no such setting any more", "ENABLE_DBAAS": "PMM 3 has no DBaaS any more",
      "PERCONA_TEST_DBAAS": "PMM 3 has no DBaaS any more", "PERCONA_TEST_NICER_API": "PMM 3 has no such setting any more",
      "PERCONA_TEST_PMM_CLICKHOUSE_BLOCK_SIZE": "PMM 3 has no such setting any more",
      "PERCONA_TEST_PMM_CLICKHOUSE_POOL_SIZE": "PMM 3 has no such setting any more",
      "GF_DATABASE_URL": "PMM does not read it since 3.2: it sets Grafana's database itself",
    ]
  }

  private static let shared: [String: EnvironmentKind] = [
    "PMM_DEBUG": .flag, "PMM_TRACE": .flag, "PMM_PUBLIC_ADDRESS": .text, "PMM_VM_URL": .text, "PMM_INSTALL_METHOD": .text,
    "NO_PROXY": .text, "HTTP_PROXY": .text, "HTTPS_PROXY": .text, "TZ": .text, "LANG": .text, "LC_ALL": .text,
  ]

  private static let ofThree: [String: EnvironmentKind] = shared.merging([
    "PMM_DATA_RETENTION": .duration(unit: 86400), "PMM_METRICS_RESOLUTION": .duration(unit: 1),
    "PMM_METRICS_RESOLUTION_HR": .duration(unit: 1), "PMM_METRICS_RESOLUTION_MR": .duration(unit: 1),
    "PMM_METRICS_RESOLUTION_LR": .duration(unit: 1), "PMM_ENABLE_UPDATES": .flag, "PMM_ENABLE_TELEMETRY": .flag,
    "PMM_ENABLE_ALERTING": .flag, "PMM_ENABLE_BACKUP_MANAGEMENT": .flag, "PMM_ENABLE_AZURE_DISCOVER": .flag,
    "PMM_ENABLE_ACCESS_CONTROL": .flag, "PMM_ENABLE_VM_CACHE": .flag, "PMM_ENABLE_NOMAD": .flag, "PMM_ENABLE_INTERNAL_PG_QAN": .flag,
    "PMM_INTERFACE_TO_BIND": .text, "PMM_ENCRYPTION_KEY_PATH": .text, "PMM_DISABLE_BUILTIN_CLICKHOUSE": .text,
    "PMM_DISABLE_BUILTIN_POSTGRES": .text, "PMM_WATCHTOWER_HOST": .text, "PMM_WATCHTOWER_TOKEN": .text,
    "PMM_DISTRIBUTION_METHOD": .text, "PERCONA_TELEMETRY_DISABLE": .text,
  ]) { $1 }

  private static let ofTwo: [String: EnvironmentKind] = shared.merging([
    "DATA_RETENTION": .duration(unit: 86400), "METRICS_RESOLUTION": .duration(unit: 1), "METRICS_RESOLUTION_HR": .duration(unit: 1),
    "METRICS_RESOLUTION_MR": .duration(unit: 1), "METRICS_RESOLUTION_LR": .duration(unit: 1), "DISABLE_UPDATES": .flag,
    "DISABLE_TELEMETRY": .flag, "DISABLE_ALERTING": .flag, "ENABLE_ALERTING": .flag, "DISABLE_BACKUP_MANAGEMENT": .flag,
    "ENABLE_BACKUP_MANAGEMENT": .flag, "ENABLE_AZUREDISCOVER": .flag, "ENABLE_RBAC": .flag, "ENABLE_VM_CACHE": .flag,
    "ENABLE_DBAAS": .flag, "LESS_LOG_NOISE": .text, "DISABLE_DASHBOARD_UPDATE": .text,
  ]) { $1 }
}
