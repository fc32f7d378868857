package bucket

import (
	"math"
	"time"
)

// units is an amount of tokens times Per.
type units float64

func product(a, b int64) units { return units(a) * units(b) }

func (u units) plus(v units) units { return u + v }

func (u units) minus(v units) units { return u - v }

func (u units) less(v units) bool { return u < v }

func (u units) over(n int64) int64 {
	quotient := math.Floor(float64(u) / float64(n))
	if quotient >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(quotient)
}

func (u units) timeFor(tokens int64) time.Duration {
	delay := math.Ceil(float64(u) / float64(tokens))
	if delay >= math.MaxInt64 {
		return Never
	}
	return time.Duration(delay)
}
