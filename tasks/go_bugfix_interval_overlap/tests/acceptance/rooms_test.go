package acceptance

import (
	"errors"
	"testing"

	"example.com/roombook/interval"
	"example.com/roombook/rooms"
)

func book(t *testing.T, c *rooms.Calendar, room, title string, when interval.Interval) {
	t.Helper()
	if _, err := c.Book(room, title, when); err != nil {
		t.Fatalf("booking %q: %v", title, err)
	}
}

func TestBackToBackMeetingsCanBeBooked(t *testing.T) {
	var c rooms.Calendar
	book(t, &c, "Ada", "stand-up", span(9, 10))
	book(t, &c, "Ada", "review", span(10, 11))
	book(t, &c, "Ada", "breakfast", span(8, 9))
}

func TestRealConflictNamesTheEarliestBookingInTheWay(t *testing.T) {
	var c rooms.Calendar
	book(t, &c, "Ada", "review", span(12, 13))
	book(t, &c, "Ada", "stand-up", span(9, 10))
	book(t, &c, "Ada", "coffee", span(11, 12))
	_, err := c.Book("Ada", "all hands", interval.Interval{Start: at(9, 59), End: at(14, 0)})
	var conflict *rooms.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("got %v, want a *ConflictError", err)
	}
	if want := `room "Ada" is taken by "stand-up" from 09:00 to 10:00`; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestConflictIsNotBlamedOnTheMeetingBefore(t *testing.T) {
	var c rooms.Calendar
	book(t, &c, "Ada", "stand-up", span(9, 10))
	book(t, &c, "Ada", "interview", span(12, 13))
	_, err := c.Book("Ada", "workshop", span(10, 14))
	var conflict *rooms.ConflictError
	if !errors.As(err, &conflict) || conflict.Existing.Title != "interview" {
		t.Errorf("got %v, want a conflict with the interview", err)
	}
}

func TestRoomsDoNotDisturbEachOther(t *testing.T) {
	var c rooms.Calendar
	book(t, &c, "Ada", "stand-up", span(9, 10))
	book(t, &c, "Grace", "stand-up", span(9, 10))
}

func TestEmptyBookingIsRefused(t *testing.T) {
	var c rooms.Calendar
	if _, err := c.Book("Ada", "nothing", span(9, 9)); !errors.Is(err, rooms.ErrEmptyBooking) {
		t.Errorf("got %v, want ErrEmptyBooking", err)
	}
}

func TestAtShowsTheMeetingThatStarts(t *testing.T) {
	var c rooms.Calendar
	book(t, &c, "Ada", "stand-up", span(9, 10))
	book(t, &c, "Ada", "interview", interval.Interval{Start: at(10, 0).Add(1), End: at(11, 0)})
	if b, ok := c.At("Ada", at(10, 0)); ok {
		t.Errorf("at 10:00 the room shows %q, want nobody", b.Title)
	}
	if b, ok := c.At("Ada", at(9, 0)); !ok || b.Title != "stand-up" {
		t.Errorf("at 09:00 the room shows %q, want the stand-up", b.Title)
	}
}

func TestAtTurnOverGoesToTheLaterMeeting(t *testing.T) {
	var c rooms.Calendar
	book(t, &c, "Ada", "stand-up", span(9, 10))
	if _, err := c.Book("Ada", "review", span(10, 11)); err != nil {
		t.Fatal(err)
	}
	if b, ok := c.At("Ada", at(10, 0)); !ok || b.Title != "review" {
		t.Errorf("at 10:00 the room shows %q, want the review", b.Title)
	}
}

func TestFreeTimesOfARoom(t *testing.T) {
	var c rooms.Calendar
	book(t, &c, "Ada", "stand-up", span(9, 10))
	book(t, &c, "Ada", "review", span(12, 13))
	got := c.Free("Ada", span(9, 17))
	want := []interval.Interval{span(10, 12), span(13, 17)}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, want %v", got, want)
	}
}
