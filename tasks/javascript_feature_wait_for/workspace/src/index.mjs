export { TimeoutError } from './errors.mjs';
export { sleep } from './sleep.mjs';
export { systemTimers } from './timers.mjs';
export { waitFor } from './wait-for.mjs';
