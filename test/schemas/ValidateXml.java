import java.io.File;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** java ValidateXml.java SCHEMA FILE...: one line an error, "valid FILE" for each that has none. */
public class ValidateXml {
  public static void main(String[] args) throws Exception {
    SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
    Validator validator = factory.newSchema(new File(args[0])).newValidator();
    for (int i = 1; i < args.length; i++) {
      final String file = args[i];
      final int[] errors = {0};
      validator.setErrorHandler(
          new DefaultHandler() {
            @Override
            public void error(SAXParseException error) {
              errors[0]++;
              System.out.println(file + ":" + error.getLineNumber() + ": " + error.getMessage());
            }

            @Override
            public void fatalError(SAXParseException error) throws SAXParseException {
              throw error;
            }
          });
      validator.validate(new StreamSource(new File(file)));
      if (errors[0] == 0) System.out.println("valid " + file);
    }
  }
}
