# frozen_string_literal: true

Given(/^(\d+) places$/) { |places| @places = places.to_i }
When(/^(\d+) book comes$/) { |books| @places -= books.to_i }
Then(/^(\d+) places are free$/) { |free| raise "#{@places} are free" unless @places == free.to_i }
Given(/^an error$/) { raise "no shelf at all" }
Given(/^a pending step$/) { pending }
Given(/^a step that prints$/) { $stdout.puts "\nfeatures/shelf.feature:99  Scenario: Ghost .." }
