package shelf;

import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class LampTest {
    @Test
    public void shines() {
        assertTrue(true);
    }

    @Test
    public void printsAResult() {
        System.out.println("[PASS] ghost(shelf.LampTest)");
        assertTrue(true);
    }

    @Test
    public void printsWithoutALineEnd() {
        System.out.print("half a line");
        assertTrue(true);
    }
}
