# frozen_string_literal: true

puts "The shelf is being loaded"
