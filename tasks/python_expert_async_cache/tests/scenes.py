"""A loader under full control, and a loop in which nothing depends on real time."""

import asyncio
import gc

# Collecting only when a scene says so: what a broken cache leaves behind must not be finalised
# in the middle of other work, where Python 3.11 may stumble over it.
gc.disable()


class Call:
    """One call of the loader. It ends when the test gives it a value or an error."""

    def __init__(self, key):
        self.key = key
        self.future = asyncio.get_running_loop().create_future()
        self.cancelled = False
        self.ended = False
        self.cleanup = None  # an Event that a cancelled call waits for
        self.rescue = None  # a function that decides how a cancelled call ends

    def give(self, value):
        self.future.set_result(value)

    def fail(self, error):
        self.future.set_exception(error)


class Loader:
    """Calls in the order in which they came."""

    def __init__(self):
        self.calls = []

    @property
    def keys(self):
        return [call.key for call in self.calls]

    async def __call__(self, key):
        call = Call(key)
        self.calls.append(call)
        try:
            return await call.future
        except asyncio.CancelledError:
            call.cancelled = True
            if call.cleanup is not None:
                await call.cleanup.wait()
            if call.rescue is not None:
                return call.rescue()
            raise
        finally:
            call.ended = True


async def settle():
    """Lets every task go on until all of them wait for something."""
    for _ in range(60):
        await asyncio.sleep(0)


async def spawn(awaitable):
    """Starts the awaitable as a task and lets it come as far as it can."""
    task = asyncio.ensure_future(awaitable)
    await settle()
    return task


async def outcome(task):
    """How the task ended: its value, or its exception as an object."""
    await settle()
    assert task.done(), "still waiting"
    if task.cancelled():
        return asyncio.CancelledError
    return task.exception() or task.result()


async def leave(task):
    """Cancels the task, which must end at once and as cancelled."""
    task.cancel()
    assert await outcome(task) is asyncio.CancelledError


async def load(cache, loader, key, value):
    """Lets the cache load the value of the key."""
    task = await spawn(cache.get(key))
    loader.calls[-1].give(value)
    assert await outcome(task) == value


def in_loop(scene):
    """Makes a test of an async function. The loop's exception handler must not be called."""

    def test():
        heard = []

        async def play():
            await scene()
            await settle()
            gc.collect()
            await settle()

        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda _, told: heard.append(told))
        try:
            loop.run_until_complete(play())
            assert heard == []
        finally:
            # Unlike asyncio.run(), this does not wait for tasks that refuse to end.
            for _ in range(3):
                for task in asyncio.all_tasks(loop):
                    task.cancel()
                loop.run_until_complete(settle())
            loop.close()

    test.__name__ = scene.__name__
    test.__doc__ = scene.__doc__
    return test
