use knobs::{Config, Value};

#[test]
fn settings_keep_their_order() {
    let mut config = Config::default();
    config.set("b", "two", Value::Integer(2));
    config.set("a", "one", Value::Boolean(true));
    config.set("b", "one", Value::Integer(1));
    assert_eq!(config.sections().collect::<Vec<_>>(), ["b", "a"]);
    let keys: Vec<_> = config.settings("b").map(|(key, _)| key).collect();
    assert_eq!(keys, ["two", "one"]);
}

#[test]
fn typed_access_explains_itself() {
    let config = Config::default();
    let error = config.integer("listen", "port").unwrap_err();
    assert_eq!(error.to_string(), "[listen] port is missing or no integer");
}
