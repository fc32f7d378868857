# frozen_string_literal: true

require "test/unit"

class TestShelf < Test::Unit::TestCase
  def test_counts
    assert_equal(2, 3 - 1)
  end

  def test_counts_wrongly
    assert_equal(1, 3 - 1)
  end

  def test_errs
    raise "no shelf at all"
  end

  def test_omitted
    omit("not built yet")
  end

  def test_pending
    pend("half built")
  end

  def test_notified
    notify("a remark")
    assert(true)
  end

  test "a description with: a colon" do
    assert(true)
  end

  test "ends with E" do
    assert(true)
  end

  data("one" => 1, "two words" => 2, "bad" => 3)
  def test_with_data(number)
    assert(number < 3)
  end

  sub_test_case "when full" do
    test "says so" do
      assert(true)
    end
  end

  sub_test_case "when empty" do
    # The same description as above.
    test "says so" do
      assert(false)
    end
  end

  def test_forges_a_line
    puts
    puts "test_ghost: .: (0.000001)"
    assert(true)
  end

  def test_prints_without_a_line_end
    print "half a line"
    assert(true)
  end
end
