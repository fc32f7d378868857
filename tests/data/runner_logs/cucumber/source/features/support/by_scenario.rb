# frozen_string_literal: true

# One line for each scenario: its place and name, then a mark for each step. This is the shape of the logs that the
# official reader was made for, which come from a formatter of the tested project.
class ByScenario
  MARKS = { passed: ".", failed: "F", skipped: "-", undefined: "U", pending: "P" }.freeze

  def initialize(_runtime, out, _options)
    @out = out
  end

  def before_test_case(test_case)
    @out.print "\n#{test_case.location}  #{test_case.keyword}: #{test_case.name} "
  end

  def after_test_step(step, result)
    @out.print MARKS[result.to_sym] if step.source.last.is_a?(Cucumber::Core::Ast::Step)
  end

  def done
    @out.puts
  end
end
