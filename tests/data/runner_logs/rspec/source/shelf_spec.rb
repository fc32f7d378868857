# frozen_string_literal: true

RSpec.describe "a shelf" do
  it "counts free places" do
    expect(3 - 1).to eq(2)
  end

  it "counts wrongly" do
    expect(3 - 1).to eq(1)
  end

  it "errs" do
    raise "no shelf at all"
  end

  it "waits for later", skip: "not built yet" do
    expect(true).to be(true)
  end

  it "walks - passed by", skip: "a skipped test whose title says passed"

  it "has no body yet"

  it "fails as known" do
    pending "a known defect"
    expect(3 - 1).to eq(1)
  end

  it "passes against its own expectation" do
    pending "no defect any more"
    expect(3 - 1).to eq(2)
  end

  it { expect(3).to be > 2 }

  it "has - dashes - failed" do
    expect(true).to be(true)
  end

  it "has \"quotes\", a \\ and a \#{hash}" do
    expect(true).to be(true)
  end

  it "has\ntwo lines" do
    expect(true).to be(true)
  end

  context "when full" do
    it "says so" do
      expect(true).to be(true)
    end
  end

  context "when empty" do
    # The same description as above: the bare form has but one id for both.
    it "says so" do
      expect(true).to be(false)
    end
  end
end
