package shelf;

import org.junit.BeforeClass;
import org.junit.Test;

public class BrokenTest {
    @BeforeClass
    public static void breaks() {
        throw new IllegalStateException("no class at all");
    }

    @Test
    public void isNeverReached() {}
}
