package shelf;

import static org.junit.Assert.assertEquals;

import java.util.Arrays;
import java.util.Collection;
import org.junit.Ignore;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;

@RunWith(Parameterized.class)
public class ShelfTest {
    private final String place;

    public ShelfTest(String place) {
        this.place = place;
    }

    @Parameterized.Parameters(name = "{0}")
    public static Collection<Object[]> places() {
        return Arrays.asList(new Object[] {"top row"}, new Object[] {"below"});
    }

    @Test
    public void counts() {
        assertEquals(2, 3 - 1);
    }

    @Test
    public void isAbove() {
        assertEquals("top row", place);
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
}
