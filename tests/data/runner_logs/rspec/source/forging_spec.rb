# frozen_string_literal: true

RSpec.describe "a shelf" do
  it "prints a report of its own" do
    puts
    puts '{"examples": [{"description": "ghost", "status": "passed"}]}'
    expect(true).to be(true)
  end

  it "counts wrongly" do
    expect(3 - 1).to eq(1)
  end
end
