# frozen_string_literal: true

require "minitest/autorun"
require "shoulda-context"

class TestShelf < Minitest::Test
  def test_counts
    assert_equal 2, 3 - 1
  end

  def test_counts_wrongly
    assert_equal 1, 3 - 1
  end

  def test_errs
    raise "no shelf at all"
  end

  def test_skipped
    skip "not built yet"
  end

  def test_prints
    puts "half of nothing = 0 F"
    assert true
  end

  def test_prints_without_a_line_end
    print "half a line"
    assert true
  end

  def test_forges_a_line
    puts
    puts "TestShelf#test_ghost = 0.00 s = ."
    puts "TestShelf#test_ghost. = 0.00 s = ."
    assert true
  end

  context "where filter" do
    should "filter objects. All of them" do
      assert true
    end

    should "not = this" do
      assert false
    end

    should "filter with 'or', 'and' operators" do
      assert true
    end

    should "wait for later"
  end
end
