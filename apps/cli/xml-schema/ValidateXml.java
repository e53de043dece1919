import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import javax.xml.transform.sax.SAXSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.apache.xerces.jaxp.SAXParserFactoryImpl;
import org.apache.xerces.jaxp.validation.XMLSchema11Factory;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;

/**
 * Validates a file by a schema of version 1.1: SCHEMA FILE MOST. Prints one line a fault, tabs between line, column and
 * message (the first MOST of them), then `faults` and how many there are. Status 0 whatever was found; else an exception.
 */
public final class ValidateXml {
    private ValidateXml() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        long most = Long.parseLong(args[2]);
        SchemaFactory factory = new XMLSchema11Factory();
        Schema schema = factory.newSchema(new File(args[0]));
        Faults faults = new Faults(out, most);
        Validator validator = schema.newValidator();
        validator.setErrorHandler(faults);
        SAXParserFactoryImpl parsers = new SAXParserFactoryImpl();
        parsers.setNamespaceAware(true);
        // A file with a document type could expand entities and fetch what it likes.
        parsers.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        InputSource file = new InputSource(new File(args[1]).toURI().toString());
        try {
            validator.validate(new SAXSource(parsers.newSAXParser().getXMLReader(), file));
        } catch (SAXParseException fatal) {
            faults.stop(fatal);
        }
        out.println("faults\t" + faults.count);
        out.flush();
    }

    private static final class Faults implements ErrorHandler {
        private final PrintStream out;
        private final long most;
        private SAXParseException last;
        private long count;

        Faults(PrintStream out, long most) {
            this.out = out;
            this.most = most;
        }

        @Override
        public void warning(SAXParseException fault) {
            // what the parser only remarks keeps no file out
        }

        @Override
        public void error(SAXParseException fault) {
            last = fault;
            count += 1;
            if (count > most) return;
            String message = fault.getMessage().replaceAll("\\s+", " ");
            out.println(fault.getLineNumber() + "\t" + fault.getColumnNumber() + "\t" + message);
        }

        @Override
        public void fatalError(SAXParseException fault) throws SAXParseException {
            error(fault);
            throw fault;
        }

        /** The end of a file that is no XML; told already when the handler saw it. */
        void stop(SAXParseException fatal) {
            if (fatal != last) error(fatal);
        }
    }
}
