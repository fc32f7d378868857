package shelf;

import static org.junit.Assert.assertEquals;

import org.junit.Ignore;
import org.junit.Test;

public class ShelfTest {
    @Test
    public void counts() {
        assertEquals(2, 3 - 1);
    }

    @Test
    public void countsWrongly() {
        assertEquals(1, 3 - 1);
    }

    @Test
    public void errs() {
        throw new IllegalStateException("no shelf at all");
    }

    @Test
    @Ignore("not built yet")
    public void later() {
        assertEquals(1, 2);
    }

    public static class Inner {
        @Test
        public void isInside() {
            assertEquals(1, 1);
        }
    }
}
