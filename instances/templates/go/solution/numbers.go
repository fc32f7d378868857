// Package numberskit has small helpers for numbers.
package numberskit

import "errors"

// ErrBounds says that the lower bound is above the upper one.
var ErrBounds = errors.New("numberskit: low is above high")

// Double returns twice the number.
func Double(number int) int {
	return 2 * number
}

// Clamp returns the number, kept between two bounds.
func Clamp(number, low, high int) (int, error) {
	switch {
	case low > high:
		return 0, ErrBounds
	case number < low:
		return low, nil
	case number > high:
		return high, nil
	}
	return number, nil
}
