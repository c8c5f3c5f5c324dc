export { ContentModule } from './content.module.js';
export { NewsReading } from './news/news-reading.service.js';
export { NewsHeadlineDto } from './news/news.dto.js';
