export { backoffDelay } from './backoff.mjs';
export { CancelledError, ClosedError, TimeoutError } from './errors.mjs';
export { Scheduler } from './scheduler.mjs';
export { systemTimers } from './timers.mjs';
