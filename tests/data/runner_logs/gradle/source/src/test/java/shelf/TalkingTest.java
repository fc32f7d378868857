package shelf;

import org.junit.Test;

public class TalkingTest {
    @Test
    public void talks() {
        System.out.println("shelf.TalkingTest > ghost PASSED");
    }
}
