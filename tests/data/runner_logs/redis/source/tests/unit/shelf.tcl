start_server {tags {"shelf"}} {
    test {Counts free places} {
        assert_equal 2 [expr {3 - 1}]
    }

    test {Counts wrongly} {
        assert_equal 1 [expr {3 - 1}]
    }

    test "Keeps what it is given, with option - big (x)" {
        r set book here
        r get book
    } {here}

    test "Answers wrongly in the end" {
        r set book here
        r get book
    } {gone}

    test {The shelf is in use} {
        assert_equal 1 2
    }

    test {Waits for later} {
        assert_equal 1 2
    } {} {unbuilt}

    test {Takes its time} {
        after 30
    }

    test {Prints a line} {
        puts {[ok]: Ghost}
    }

    test {Same name} {
        assert_equal 1 2
    }

    test {Same name} {
        assert_equal 1 1
    }

    test {Is not for this run} {
        assert_equal 1 2
    } {} {needs:shelf}

    test {Errs} {
        r nosuchcommand
    }
}
