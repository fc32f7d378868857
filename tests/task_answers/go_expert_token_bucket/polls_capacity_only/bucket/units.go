package bucket

import (
	"math"
	"math/bits"
	"time"
)

// units is an amount of tokens, counted in parts of 1/Per of a token: a token
// has Per units (in nanoseconds), and each nanosecond adds Tokens units. Products of two
// int64 stay below 1<<126, so that a full bucket and the longest gain fit together.
type units struct {
	hi, lo uint64
}

// product returns a*b; neither may be negative.
func product(a, b int64) units {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return units{hi, lo}
}

// plus returns u+v, or the largest amount if that is less.
func (u units) plus(v units) units {
	lo, carry := bits.Add64(u.lo, v.lo, 0)
	hi, carry := bits.Add64(u.hi, v.hi, carry)
	if carry != 0 {
		return units{math.MaxUint64, math.MaxUint64}
	}
	return units{hi, lo}
}

// minus returns u-v; v may not be more than u.
func (u units) minus(v units) units {
	lo, borrow := bits.Sub64(u.lo, v.lo, 0)
	hi, _ := bits.Sub64(u.hi, v.hi, borrow)
	return units{hi, lo}
}

func (u units) less(v units) bool {
	return u.hi < v.hi || u.hi == v.hi && u.lo < v.lo
}

// over returns u/n rounded down, at most math.MaxInt64.
func (u units) over(n int64) int64 {
	if u.hi >= uint64(n) {
		return math.MaxInt64
	}
	quotient, _ := bits.Div64(u.hi, u.lo, uint64(n))
	if quotient > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(quotient)
}

// timeFor returns the time in which tokens per nanosecond make up u, rounded
// up to a nanosecond, or Never.
func (u units) timeFor(tokens int64) time.Duration {
	return time.Duration(u.plus(units{lo: uint64(tokens - 1)}).over(tokens))
}
