//! `compose.yaml`, `deploy/` and the `Dockerfile` agree with the program: settings, commands, ports and
//! probes.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{TestSite, binary, files, repository};

/// Time in seconds that running requests get after the drain (`crates/server/src/lifecycle.rs`).
const GRACE_SECONDS: u64 = 20;

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the YAML files for deployment, by path.
fn deployment_files() -> BTreeMap<String, Value> {
    let root = repository();
    let mut paths: Vec<String> = files(&root.join("deploy"), &["yaml"])
        .iter()
        .map(|file| file.strip_prefix(&root).unwrap().display().to_string())
        .collect();
    paths.push("compose.yaml".to_owned());
    let files: BTreeMap<String, Value> = paths.into_iter().map(|path| (path.clone(), yaml(&path))).collect();
    assert!(files.len() >= 9, "{files:?}");
    files
}

/// Adds every key and every string of a value.
fn collect_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                texts.push(name.clone());
                collect_texts(value, texts);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::String(text) => texts.push(text.clone()),
        _ => {}
    }
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(binary()).args(arguments).arg("--help").output().unwrap();
    assert!(output.status.success(), "there is no command {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the container of the deployment with this name, and its environment.
fn container(deployment: &Value) -> (&Value, BTreeMap<String, String>) {
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["name"], "passerelle");
    let variables = container["env"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (container, variables.map(|variable| (text(&variable["name"]), text(&variable["value"]))).collect())
}

/// Returns the port of an address such as `0.0.0.0:8080`.
fn port(address: &str) -> u64 {
    address.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[test]
fn settings_in_deployment_files_exist() {
    // Tokens have no flag, so the help does not name them.
    let known = help(&["serve"]) + &read("crates/server/src/secrets.rs");
    let mut found = 0;
    for (path, value) in deployment_files() {
        let mut texts = Vec::new();
        collect_texts(&value, &mut texts);
        for name in texts.iter().filter(|text| text.starts_with("PASSERELLE_")) {
            found += 1;
            assert!(known.contains(name.as_str()), "{path}: there is no setting {name}");
        }
    }
    for line in read("Dockerfile").lines() {
        let line = line.trim().trim_start_matches("ENV ");
        if let Some((name, _)) = line.split_once('=').filter(|(name, _)| name.starts_with("PASSERELLE_")) {
            found += 1;
            assert!(known.contains(name), "Dockerfile: there is no setting {name}");
        }
    }
    assert!(found >= 15, "only {found} settings were found");
}

#[test]
fn commands_of_containers_exist() {
    let deployment = yaml("deploy/kubernetes/deployment.yaml");
    let pod = &deployment["spec"]["template"]["spec"];
    let command = |container: &Value| container["args"][0].as_str().unwrap().to_owned();
    assert_eq!(command(&pod["initContainers"][0]), "migrate");
    assert_eq!(command(&pod["containers"][0]), "serve");
    let dockerfile = read("Dockerfile");
    assert!(dockerfile.contains("CMD [\"passerelle\", \"health\"]") && !dockerfile.contains("curl"));
    for command in ["migrate", "serve", "health"] {
        help(&[command]);
    }
}

#[test]
fn kubernetes_probes_and_ports_are_those_of_the_service() {
    let deployment = yaml("deploy/kubernetes/deployment.yaml");
    let (container, variables) = container(&deployment);
    let ports: BTreeMap<&str, u64> = container["ports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|port| (port["name"].as_str().unwrap(), port["containerPort"].as_u64().unwrap()))
        .collect();
    assert_eq!(ports["http"], port(&variables["PASSERELLE_LISTEN"]));
    assert_eq!(ports["internal"], port(&variables["PASSERELLE_INTERNAL_LISTEN"]));

    let place = TestSite::new();
    place.write("a.md", "# A\n");
    let service = place.serve_with(&["--internal-listen", "127.0.0.1:0"]);
    for (probe, path) in
        [("startupProbe", "/readyz"), ("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")]
    {
        let get = &container[probe]["httpGet"];
        assert_eq!((get["path"].as_str(), get["port"].as_str()), (Some(path), Some("http")), "{probe}");
        assert_eq!(service.get(path, &[]).status, 200, "{path}");
    }
    let annotations = &deployment["spec"]["template"]["metadata"]["annotations"];
    assert_eq!(annotations["prometheus.io/port"], ports["internal"].to_string());
    // The metrics are at the internal address only.
    assert_eq!(annotations["prometheus.io/path"], "/metrics");
    assert_eq!(service.get("/metrics", &[]).status, 404);

    let target = &yaml("deploy/kubernetes/service.yaml")["spec"]["ports"][0]["targetPort"];
    assert!(ports.contains_key(target.as_str().unwrap()));
}

#[test]
fn kubernetes_selectors_match_the_pods() {
    let deployment = yaml("deploy/kubernetes/deployment.yaml");
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    assert_eq!(deployment["spec"]["selector"]["matchLabels"], *labels);
    assert_eq!(yaml("deploy/kubernetes/service.yaml")["spec"]["selector"], *labels);
    let budget = yaml("deploy/kubernetes/disruption-budget.yaml");
    assert_eq!(budget["spec"]["selector"]["matchLabels"], *labels);
    let replicas = deployment["spec"]["replicas"].as_u64().unwrap();
    assert!(budget["spec"]["minAvailable"].as_u64().unwrap() < replicas, "no pod could be moved");
    let volumes = deployment["spec"]["template"]["spec"]["volumes"].as_array().unwrap();
    let claim = volumes.iter().find_map(|volume| volume["persistentVolumeClaim"]["claimName"].as_str());
    assert_eq!(claim, yaml("deploy/kubernetes/documents.yaml")["metadata"]["name"].as_str());
}

#[test]
fn kustomizations_name_files_that_exist() {
    for folder in ["deploy/kubernetes", "deploy/kubernetes/git-sync"] {
        let kustomization = yaml(&format!("{folder}/kustomization.yaml"));
        let resources = kustomization["resources"].as_array().unwrap().iter();
        let patches = kustomization["patches"].as_array().into_iter().flatten().map(|patch| &patch["path"]);
        for path in resources.chain(patches) {
            assert!(repository().join(folder).join(path.as_str().unwrap()).exists(), "{folder}: {path}");
        }
    }
    // The patch changes containers and volumes by their names.
    let patch = yaml("deploy/kubernetes/git-sync/deployment.yaml");
    let base = yaml("deploy/kubernetes/deployment.yaml");
    assert_eq!(patch["metadata"]["name"], base["metadata"]["name"]);
    let (container, variables) = container(&patch);
    let mounts = container["volumeMounts"].as_array().unwrap();
    let mount =
        mounts.iter().find(|mount| mount["name"] == "documents").unwrap()["mountPath"].as_str().unwrap();
    let sync = &patch["spec"]["template"]["spec"]["initContainers"][0];
    let flag = |name: &str| {
        let mut flags = sync["args"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap());
        flags.find_map(|flag| flag.strip_prefix(name)).unwrap().to_owned()
    };
    assert_eq!(flag("--root="), mount);
    assert_eq!(variables["PASSERELLE_CONTENT"], format!("{mount}/{}", flag("--link=")));
    assert_eq!(sync["startupProbe"]["httpGet"]["port"].as_u64(), Some(port(&flag("--http-bind="))));
}

#[test]
fn containers_are_stopped_after_the_drain_and_the_grace_period() {
    let deployment = yaml("deploy/kubernetes/deployment.yaml");
    let (_, variables) = container(&deployment);
    let drain: u64 = variables["PASSERELLE_DRAIN"].parse().unwrap();
    let grace = deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap();
    assert!(grace > drain + GRACE_SECONDS);
    let compose = yaml("compose.yaml");
    for replica in ["passerelle-1", "passerelle-2"] {
        let replica = &compose["services"][replica];
        let drain: u64 = replica["environment"]["PASSERELLE_DRAIN"].as_str().unwrap().parse().unwrap();
        let grace = replica["stop_grace_period"].as_str().unwrap().trim_end_matches('s');
        assert!(grace.parse::<u64>().unwrap() > drain + GRACE_SECONDS);
    }
    assert!(read("crates/server/src/lifecycle.rs").contains(&format!("from_secs({GRACE_SECONDS})")));
}

#[test]
fn compose_has_two_replicas_behind_the_proxy() {
    let compose = yaml("compose.yaml");
    let services = compose["services"].as_object().unwrap();
    let replicas: Vec<&String> = services.keys().filter(|name| name.starts_with("passerelle-")).collect();
    assert_eq!(replicas.len(), 2);
    let dockerfile = read("Dockerfile");
    let exposed = dockerfile.lines().find_map(|line| line.strip_prefix("EXPOSE ")).unwrap();
    let caddy = read("deploy/Caddyfile");
    let upstreams: Vec<String> = replicas.iter().map(|name| format!("{name}:{exposed}")).collect();
    assert!(caddy.contains(&format!("reverse_proxy {} {{", upstreams.join(" "))), "{caddy}");
    assert!(caddy.contains("health_uri /readyz"));
    for name in replicas {
        let service = &services[name];
        assert_eq!(service["depends_on"]["database"]["condition"], "service_healthy");
        let url = service["environment"]["PASSERELLE_DATABASE_URL"].as_str().unwrap();
        let database = &services["database"]["environment"];
        let user = database["POSTGRES_USER"].as_str().unwrap();
        let name = database["POSTGRES_DB"].as_str().unwrap();
        assert!(url.starts_with(&format!("postgres://{user}:")), "{url}");
        assert!(url.contains(&format!("@database:5432/{name}?")), "{url}");
    }
    // The folder is a volume that is mounted once.
    assert_eq!(compose["volumes"]["documents"]["driver_opts"]["o"], "bind");
}
