use knobs::{parse, Config, ErrorKind, ParseError, Value};

fn good(text: &str) -> Config {
    match parse(text) {
        Ok(config) => config,
        Err(error) => panic!("{text:?}: {error}"),
    }
}

/// The value of `x = ...`.
fn value(source: &str) -> Value {
    let config = good(&format!("x = {source}\n"));
    config.get("", "x").unwrap().clone()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_string())
}

fn bad(text: &str) -> (usize, usize, ErrorKind) {
    match parse(text) {
        Ok(config) => panic!("{text:?} gives {config:?}"),
        Err(ParseError { line, column, kind }) => (line, column, kind),
    }
}

fn expected(text: &str) -> (usize, usize, &'static str) {
    match bad(text) {
        (line, column, ErrorKind::Expected(what)) => (line, column, what),
        other => panic!("{text:?} gives {other:?}"),
    }
}

fn sections(config: &Config) -> Vec<&str> {
    config.sections().collect()
}

mod lines {
    use super::*;

    #[test]
    fn an_empty_file_is_an_empty_configuration() {
        for text in [
            "",
            "\n\n",
            "  \t",
            "# only a comment",
            "\u{feff}",
            "\r\n # x\r\n",
        ] {
            assert_eq!(good(text), Config::default(), "{text:?}");
        }
    }

    #[test]
    fn settings_go_into_the_section_above() {
        let config = good("a = 1\n[one]\na = 2\n[two]\nb = 3");
        assert_eq!(sections(&config), ["", "one", "two"]);
        assert_eq!(config.integer("", "a"), Ok(1));
        assert_eq!(config.integer("one", "a"), Ok(2));
        assert_eq!(config.integer("two", "b"), Ok(3));
        assert_eq!(config.get("two", "a"), None);
    }

    #[test]
    fn everything_keeps_its_order() {
        let config = good("[z]\nb = 1\na = 2\n[y]\n[x]\nc = 1");
        assert_eq!(sections(&config), ["z", "y", "x"]);
        let keys: Vec<_> = config.settings("z").map(|(key, _)| key).collect();
        assert_eq!(keys, ["b", "a"]);
        let config = good("[empty]\n['']\nk = 1");
        assert_eq!(sections(&config), ["empty", ""]);
    }

    #[test]
    fn sections_may_be_empty() {
        let config = good("[one]\n[two]");
        assert_eq!(sections(&config), ["one", "two"]);
        assert!(!config.has_section(""));
        assert!(good("['']").has_section(""));
    }

    #[test]
    fn blanks_and_comments_are_skipped() {
        let config = good(" \t[ one ]# c\n\t a\t= 1 # 'c'\n#x = 2\nb=2#\n");
        assert_eq!(config.integer("one", "a"), Ok(1));
        assert_eq!(config.integer("one", "b"), Ok(2));
        assert_eq!(config.settings("one").count(), 2);
    }

    #[test]
    fn a_hash_in_a_text_is_no_comment() {
        assert_eq!(value("\"a # b\""), text("a # b"));
        assert_eq!(value("'# b' # c"), text("# b"));
    }

    #[test]
    fn both_line_ends_and_a_byte_order_mark_are_fine() {
        let config = good("\u{feff}a = 1\r\n[s]\r\nb = [1,\r\n2]\r\n");
        assert_eq!(config.integer("", "a"), Ok(1));
        let numbers = vec![Value::Integer(1), Value::Integer(2)];
        assert_eq!(config.get("s", "b"), Some(&Value::List(numbers)));
        assert_eq!(expected("\u{feff}a 1"), (1, 3, "'='"));
        assert_eq!(expected("a =\r\nb"), (1, 4, "a value"));
    }

    #[test]
    fn names_may_be_quoted() {
        let config = good("['a.b c]']\n'x = y' = 1\n'' = 2\n-1_ = 3\n'-1' = 4");
        assert_eq!(sections(&config), ["a.b c]"]);
        let keys: Vec<_> = config.settings("a.b c]").map(|(key, _)| key).collect();
        assert_eq!(keys, ["x = y", "", "-1_", "-1"]);
    }
}

mod values {
    use super::*;

    #[test]
    fn booleans_are_words() {
        assert_eq!(value("true"), Value::Boolean(true));
        assert_eq!(value("false"), Value::Boolean(false));
    }

    #[test]
    fn integers_are_decimal() {
        for (source, number) in [
            ("0", 0),
            ("+7", 7),
            ("-12", -12),
            ("007", 7),
            ("1_000_0", 10_000),
        ] {
            assert_eq!(value(source), Value::Integer(number), "{source}");
        }
    }

    #[test]
    fn integers_may_be_hexadecimal() {
        for (source, number) in [
            ("0xff", 255),
            ("0xFf_fF", 65_535),
            ("-0x10", -16),
            ("+0x0", 0),
        ] {
            assert_eq!(value(source), Value::Integer(number), "{source}");
        }
    }

    #[test]
    fn integers_reach_both_ends_of_the_range() {
        assert_eq!(
            value("-9_223_372_036_854_775_808"),
            Value::Integer(i64::MIN)
        );
        assert_eq!(value("-0x8000000000000000"), Value::Integer(i64::MIN));
        assert_eq!(value("9223372036854775807"), Value::Integer(i64::MAX));
        for word in [
            "9223372036854775808",
            "-9223372036854775809",
            "0xffffffffffffffff",
        ] {
            let kind = ErrorKind::BadInteger(word.to_string());
            assert_eq!(bad(&format!("x = {word}")), (1, 5, kind));
        }
    }

    #[test]
    fn misshapen_integers_are_refused() {
        for word in [
            "1_", "1__2", "+", "-_1", "0x", "0x_1", "0xg", "1.5", "12a", "--1", "0X1", "0x-1",
            "+-1",
        ] {
            let kind = ErrorKind::BadInteger(word.to_string());
            assert_eq!(bad(&format!("x =  {word} # c")), (1, 6, kind), "{word}");
        }
    }

    #[test]
    fn other_words_are_refused() {
        for word in ["yes", "True", "_1", "true1", "a.b", "false-"] {
            let kind = ErrorKind::BadWord(word.to_string());
            assert_eq!(bad(&format!("x = {word}")), (1, 5, kind), "{word}");
        }
    }

    #[test]
    fn literal_texts_are_taken_as_they_are() {
        assert_eq!(value(r#"'a\n"${x}$'"#), text(r#"a\n"${x}$"#));
        assert_eq!(value("''"), text(""));
        assert_eq!(value("'\tä'"), text("\tä"));
    }

    #[test]
    fn texts_have_escapes() {
        assert_eq!(value(r#""\n\t\r\"\\\$""#), text("\n\t\r\"\\$"));
        assert_eq!(value(r#""\u{41}\u{1f600}\u{00e4}""#), text("A\u{1f600}ä"));
        assert_eq!(value(r#""\${x} $x $ $$ {}""#), text("${x} $x $ $$ {}"));
        assert_eq!(value(r#""""#), text(""));
    }

    #[test]
    fn wrong_escapes_are_refused() {
        let escapes = [
            r"\x",
            r"\'",
            r"\u41",
            r"\u{}",
            r"\u{0000041}",
            r"\u{d800}",
            r"\u{110000}",
            r"\u{41",
        ];
        for escape in escapes {
            let source = format!("x = \"ä{escape}\"");
            assert_eq!(bad(&source), (1, 7, ErrorKind::BadEscape), "{escape}");
        }
        assert_eq!(bad("x = \"\\"), (1, 6, ErrorKind::BadEscape));
        assert_eq!(bad("x = \"\\\n\""), (1, 6, ErrorKind::BadEscape));
    }

    #[test]
    fn lists_hold_any_values() {
        let expected = vec![
            Value::Integer(1),
            text("a"),
            Value::List(vec![Value::Boolean(true), Value::List(vec![])]),
            text("b"),
        ];
        assert_eq!(value("[1, 'a', [true, []], \"b\"]"), Value::List(expected));
        assert_eq!(value("[ ]"), Value::List(vec![]));
    }

    #[test]
    fn lists_may_take_several_lines() {
        let source = "[ # one\n\n 1 # x\n ,\n 2, # two ]\n# more\n]  # end";
        let numbers = vec![Value::Integer(1), Value::Integer(2)];
        assert_eq!(value(source), Value::List(numbers));
        assert_eq!(value("[1,]"), Value::List(vec![Value::Integer(1)]));
    }

    #[test]
    fn lists_are_at_most_64_deep() {
        let deep = |depth: usize| format!("x = {}{}", "[".repeat(depth), "]".repeat(depth));
        good(&deep(64));
        assert_eq!(expected(&deep(65)), (1, 69, "less nesting"));
        assert_eq!(expected(&deep(10_000)), (1, 69, "less nesting"));
        good(&format!("x = [{}]", "[1],".repeat(1000)));
    }
}

mod references {
    use super::*;

    #[test]
    fn the_own_section_comes_first_and_the_top_second() {
        let config = good("a = \"top\"\nb = 'b'\n[s]\na = 'own'\nx = \"${a}/${b}\"");
        assert_eq!(config.text("s", "x"), Ok("own/b"));
        assert_eq!(
            bad("[s]\na = 1\n[t]\nx = \"${a}\"").2,
            ErrorKind::UnknownReference("a".into())
        );
    }

    #[test]
    fn other_sections_are_named_and_end_at_the_last_dot() {
        let config = good("k = 0\n['a.b']\nk = 1\n[a]\nk = 2\nx = \"${a.b.k}${a.k}${.k}\"");
        assert_eq!(config.text("a", "x"), Ok("120"));
        let (line, column, kind) = bad("k = 1\n[s]\nx = \" ${s.k}\"");
        assert_eq!((line, column), (3, 7));
        assert_eq!(kind, ErrorKind::UnknownReference("s.k".into()));
    }

    #[test]
    fn paths_are_taken_as_they_are() {
        let config = good("'a b' = 1\n' a' = 2\nx = \"${a b}${ a}\"");
        assert_eq!(config.text("", "x"), Ok("12"));
        let kind = ErrorKind::UnknownReference(" a b".into());
        assert_eq!(bad("'a b' = 1\nx = \"${ a b}\""), (2, 6, kind));
    }

    #[test]
    fn later_settings_may_be_named() {
        let config = good("x = \"<${s.y}>\"\n[s]\ny = \"${z}${z}\"\nz = 'ab'");
        assert_eq!(config.text("", "x"), Ok("<abab>"));
        assert_eq!(config.text("s", "y"), Ok("abab"));
    }

    #[test]
    fn integers_and_booleans_are_written_out() {
        let config = good("a = -0x10\nb = true\nx = \"${a} ${b}\"");
        assert_eq!(config.text("", "x"), Ok("-16 true"));
        assert_eq!(config.integer("", "a"), Ok(-16));
    }

    #[test]
    fn inserted_texts_are_not_read_again() {
        let config = good("a = '${b}\"\\n'\nb = 1\nx = \"${a}\"");
        assert_eq!(config.text("", "x"), Ok("${b}\"\\n"));
    }

    #[test]
    fn texts_in_lists_have_references() {
        let config = good("[s]\nx = [\"${k}\", [\"-${k}\"]]\nk = 5");
        let expected = Value::List(vec![text("5"), Value::List(vec![text("-5")])]);
        assert_eq!(config.get("s", "x"), Some(&expected));
    }

    #[test]
    fn lists_cannot_be_inserted() {
        let kind = ErrorKind::ListReference("a".to_string());
        assert_eq!(bad("a = [1]\nx = \"${a}\""), (2, 6, kind));
        let kind = ErrorKind::ListReference("x".to_string());
        assert_eq!(bad("x = [\"${x}\"]"), (1, 7, kind));
    }

    #[test]
    fn circles_are_found() {
        let circular = |path: &str| ErrorKind::CircularReference(path.to_string());
        assert_eq!(bad("x = \"${x}\""), (1, 6, circular("x")));
        assert_eq!(
            bad("a = \"${b}\"\nb = \"-${s.c}\"\n[s]\nc = \"${a}\""),
            (1, 6, circular("b"))
        );
    }

    #[test]
    fn references_into_a_circle_are_not_to_blame() {
        let circular = |path: &str| ErrorKind::CircularReference(path.to_string());
        let source = "x = \"${a}\"\nl = [\"${b}\"]\na = \"${d}${b}\"\nb = \"${a}\"\nd = \"\"";
        assert_eq!(bad(source), (3, 10, circular("b")));
        let two = "b = \"${b2}\"\nx = 'x'\nb2 = \"${c}\"\nc = \"${c}\"";
        assert_eq!(bad(two), (4, 6, circular("c")));
    }

    #[test]
    fn the_first_wrong_reference_is_reported() {
        let unknown = ErrorKind::UnknownReference("no".to_string());
        assert_eq!(
            bad("x = \"${y}\"\nz = \"${no}\"\ny = \"${y}\""),
            (2, 6, unknown)
        );
        let circular = ErrorKind::CircularReference("y".to_string());
        assert_eq!(
            bad("x = \"${y}\"\ny = \"${y}\"\nz = \"${no}\""),
            (2, 6, circular)
        );
        let kind = ErrorKind::BadWord("oops".to_string());
        assert_eq!(bad("z = \"${no}\"\ny = oops"), (2, 5, kind));
    }

    #[test]
    fn long_chains_are_followed() {
        let mut source = String::new();
        for number in 0..10_000 {
            source += &format!("k{number} = \"${{k{}}}\"\n", number + 1);
        }
        let config = good(&format!("{source}k10000 = 'end'"));
        assert_eq!(config.text("", "k0"), Ok("end"));
        let (line, _, kind) = bad(&format!("{source}k10000 = \"${{k5000}}\""));
        assert_eq!(
            (line, kind),
            (5001, ErrorKind::CircularReference("k5001".into()))
        );
    }

    #[test]
    fn misshapen_references_are_refused() {
        assert_eq!(expected("x = \"a${}\""), (1, 7, "a reference"));
        assert_eq!(expected("x = \"ä${a\" # }"), (1, 7, "'}'"));
        assert_eq!(expected("x = \"${a\n}\""), (1, 6, "'}'"));
    }
}

mod mistakes {
    use super::*;

    #[test]
    fn a_line_must_begin_with_a_key() {
        assert_eq!(expected("a = 1\n  = 2"), (2, 3, "a key"));
        assert_eq!(expected("\"a\" = 1"), (1, 1, "a key"));
        assert_eq!(expected("é = 1"), (1, 1, "a key"));
        assert_eq!(expected("]"), (1, 1, "a key"));
    }

    #[test]
    fn a_header_must_have_a_name_and_a_bracket() {
        assert_eq!(expected("\n [ ]"), (2, 4, "a name"));
        assert_eq!(expected("[ # x ]\n"), (1, 8, "a name"));
        assert_eq!(expected("[a.b]"), (1, 3, "']'"));
        assert_eq!(expected("[a b]"), (1, 4, "']'"));
        assert_eq!(expected("[a  # ]\nb = 1"), (1, 8, "']'"));
    }

    #[test]
    fn a_key_must_have_an_equals_sign_and_a_value() {
        assert_eq!(expected("key: 1"), (1, 4, "'='"));
        assert_eq!(expected("key\n= 1"), (1, 4, "'='"));
        assert_eq!(expected("key = # c\n1"), (1, 10, "a value"));
        assert_eq!(expected("key == 1"), (1, 6, "a value"));
        assert_eq!(expected("key = .5"), (1, 7, "a value"));
        assert_eq!(expected("key ="), (1, 6, "a value"));
    }

    #[test]
    fn nothing_may_follow() {
        assert_eq!(expected("a = 1 2"), (1, 7, "the end of the line"));
        assert_eq!(expected("a = 'x'y"), (1, 8, "the end of the line"));
        assert_eq!(expected("[a] b = 1"), (1, 5, "the end of the line"));
        assert_eq!(expected("a = [1,\n2] ]"), (2, 4, "the end of the line"));
        assert_eq!(expected("a = 1\rb = 2"), (1, 6, "the end of the line"));
    }

    #[test]
    fn lists_need_commas_between_values() {
        assert_eq!(expected("a = [1 2]"), (1, 8, "',' or ']'"));
        assert_eq!(expected("a = [1\n# c\n  b = 2"), (3, 3, "',' or ']'"));
        assert_eq!(expected("a = [1,, 2]"), (1, 8, "a value"));
        assert_eq!(expected("a = [\n,]"), (2, 1, "a value"));
    }

    #[test]
    fn open_lists_are_found_at_the_end_of_the_file() {
        assert_eq!(bad("a = ["), (1, 5, ErrorKind::UnclosedList));
        assert_eq!(bad("a = [1, # ]\n 2\n"), (1, 5, ErrorKind::UnclosedList));
        assert_eq!(
            bad("a = [1,\n [2, [3],\n\n"),
            (2, 2, ErrorKind::UnclosedList)
        );
    }

    #[test]
    fn open_texts_are_found_at_the_end_of_the_line() {
        assert_eq!(bad("ab = \"x\nc = \""), (1, 6, ErrorKind::UnclosedText));
        assert_eq!(bad("a = 'x\n'"), (1, 5, ErrorKind::UnclosedText));
        assert_eq!(bad("\n 'a = 1"), (2, 2, ErrorKind::UnclosedText));
        assert_eq!(bad("[ 'a]"), (1, 3, ErrorKind::UnclosedText));
        assert_eq!(bad("a = \"x\\\""), (1, 5, ErrorKind::UnclosedText));
    }

    #[test]
    fn duplicates_are_refused_where_they_stand() {
        let key = |key: &str| ErrorKind::DuplicateKey(key.to_string());
        assert_eq!(bad("a = 1\n[s]\na = 1\n 'a' : 2"), (4, 2, key("a")));
        let section = |name: &str| ErrorKind::DuplicateSection(name.to_string());
        assert_eq!(bad("[s]\n[t]\n[ s oops"), (3, 3, section("s")));
        assert_eq!(bad("a = 1\n['']"), (2, 2, section("")));
        assert_eq!(bad("['']\n['']"), (2, 2, section("")));
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(expected("\ta = 'äöü😀' x"), (1, 13, "the end of the line"));
        let error = parse("a = 1\nb = 'ü' !").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2, column 9: expected the end of the line"
        );
    }

    #[test]
    fn the_first_mistake_is_reported() {
        assert_eq!(expected("a = 1 !\nb = 'x"), (1, 7, "the end of the line"));
        assert_eq!(bad("b = 'x\na = 1 !").2, ErrorKind::UnclosedText);
    }
}
