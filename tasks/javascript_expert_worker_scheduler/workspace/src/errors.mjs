class SchedulerError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A job was cancelled; `cause` is the reason that was given. */
export class CancelledError extends SchedulerError {}

/** An attempt took too long. */
export class TimeoutError extends SchedulerError {}

/** The scheduler takes no more jobs. */
export class ClosedError extends SchedulerError {}
