package report;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Set;
import junit.framework.AssertionFailedError;
import junit.framework.Test;
import org.apache.tools.ant.taskdefs.optional.junit.JUnitResultFormatter;
import org.apache.tools.ant.taskdefs.optional.junit.JUnitTest;

/** One line for each test: its end in brackets, then its own name for itself. */
public class OneLineEach implements JUnitResultFormatter {
    private final Set<Test> told = new HashSet<>();
    private PrintStream out = System.out;

    @Override
    public void setOutput(OutputStream stream) {
        out = new PrintStream(stream, true);
    }

    @Override
    public void startTestSuite(JUnitTest suite) {
        out.println("Testsuite: " + suite.getName());
    }

    @Override
    public void endTestSuite(JUnitTest suite) {
        out.println("Tests run: " + suite.runCount());
    }

    @Override
    public void startTest(Test test) {}

    @Override
    public void endTest(Test test) {
        if (told.add(test)) {
            out.println("[PASS] " + test);
        }
    }

    @Override
    public void addFailure(Test test, AssertionFailedError error) {
        told.add(test);
        out.println("[FAIL] " + test);
    }

    @Override
    public void addError(Test test, Throwable error) {
        // Ant hands failed assertions of JUnit 4 over as errors.
        told.add(test);
        out.println((error instanceof AssertionError ? "[FAIL] " : "[ERR]  ") + test);
    }

    @Override
    public void setSystemOutput(String text) {}

    @Override
    public void setSystemError(String text) {}
}
