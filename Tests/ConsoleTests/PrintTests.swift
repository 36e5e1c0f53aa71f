import Console
import PromotionCore
import Testing

@Test func `print pictures`() throws {
    for picture in Picture.allCases {
        for (columns, rows) in [(80, 24), (120, 40), (50, 12)] {
            print("@@@ \(picture.rawValue) \(columns)x\(rows)")
            print(try picture.draw(columns, rows))
        }
    }
    print("@@@ end")
}
